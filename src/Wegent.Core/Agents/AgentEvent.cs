using System.Text.Json;
using Wegent.Tasks;

namespace Wegent.Agents;

/// <summary>Something an agent did, in words that all agents share. A closed set.</summary>
public abstract record AgentEvent
{
    private protected AgentEvent()
    {
    }
}

/// <summary>More text of the answer.</summary>
/// <param name="BlockId">The stretch of text it belongs to; unique in the run.</param>
/// <param name="Text">What to append.</param>
public sealed record AgentText(string BlockId, string Text) : AgentEvent;

/// <summary>More of the model's reasoning.</summary>
/// <param name="BlockId">The stretch it belongs to; unique in the run.</param>
/// <param name="Text">What to append.</param>
public sealed record AgentThinking(string BlockId, string Text) : AgentEvent;

/// <summary>What a block held so far is void; the given text stands instead.</summary>
/// <param name="BlockId">The block.</param>
/// <param name="Text">What stands instead; empty to take it back.</param>
public sealed record AgentBlockReplaced(string BlockId, string Text) : AgentEvent;

/// <summary>A tool call began.</summary>
/// <param name="CallId">Identifier of the call.</param>
/// <param name="Name">The tool.</param>
/// <param name="Input">Its arguments.</param>
public sealed record AgentToolStarted(string CallId, string Name, JsonElement? Input) : AgentEvent;

/// <summary>A tool call ended.</summary>
/// <param name="CallId">Identifier of the call.</param>
/// <param name="Output">What it gave back, in words.</param>
/// <param name="IsError">Whether it failed.</param>
public sealed record AgentToolFinished(string CallId, string Output, bool IsError) : AgentEvent;

/// <summary>The agent has a session that a later turn can go on with.</summary>
/// <param name="SessionId">Its identifier.</param>
public sealed record AgentSession(string SessionId) : AgentEvent;

/// <summary>The agent waits or retries; shown as progress.</summary>
/// <param name="Message">What is going on, in words.</param>
/// <param name="Reason">The failure behind it; null when there is none.</param>
public sealed record AgentProgress(string Message, FailureReason? Reason = null) : AgentEvent;

/// <summary>The run ended well. Final.</summary>
/// <param name="Text">The whole answer; null means the text that was streamed.</param>
/// <param name="Usage">What it used.</param>
public sealed record AgentCompleted(string? Text, TokenUsage Usage) : AgentEvent;

/// <summary>The run failed. Final.</summary>
/// <param name="Failure">Why.</param>
/// <param name="Usage">What it used all the same.</param>
public sealed record AgentFailed(Failure Failure, TokenUsage Usage) : AgentEvent;
