using Wegent.Tasks;

namespace Wegent.Agents;

/// <summary>What one bot is asked to do in one turn. Secrets are resolved: never log or store it.</summary>
public sealed record AgentRequest
{
    /// <summary>The task.</summary>
    public required long TaskId { get; init; }

    /// <summary>The run: the subtask that will hold the answer.</summary>
    public required long SubtaskId { get; init; }

    /// <summary>Number of the attempt at this run, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>Name of the bot.</summary>
    public required string BotName { get; init; }

    /// <summary>What it is asked.</summary>
    public required string Prompt { get; init; }

    /// <summary>Who it is told to be; may be empty.</summary>
    public required string SystemPrompt { get; init; }

    /// <summary>Settings of the model: <c>modelConfig.env</c> with secrets in the clear; empty when there is no model.</summary>
    public IReadOnlyDictionary<string, string> Model { get; init; } = new Dictionary<string, string>();

    /// <summary>Wire protocol of a custom model, such as <c>openai</c>; null when the agent decides.</summary>
    public string? ModelProtocol { get; init; }

    /// <summary>Request form of an OpenAI-like endpoint, such as <c>responses</c>; null means <c>chat/completions</c>.</summary>
    public string? ModelApiFormat { get; init; }

    /// <summary>Context window of the model in tokens; null when it is not known.</summary>
    public int? ModelContextWindow { get; init; }

    /// <summary>Longest answer of the model in tokens; null when the endpoint decides.</summary>
    public int? ModelMaxOutputTokens { get; init; }

    /// <summary>MCP servers by name, as JSON text with secrets in the clear; null when there are none.</summary>
    public string? McpServersJson { get; init; }

    /// <summary>The agent's session of the turn before; null for the first.</summary>
    public string? SessionId { get; init; }

    /// <summary>The execution that had <see cref="SessionId"/>: a sandbox that does not know it does not hold the session either. Null without a session.</summary>
    public string? SessionExecutionId { get; init; }

    /// <summary>Messages of the task before this turn, oldest first, for agents that keep no session of their own.</summary>
    public IReadOnlyList<Subtask> History { get; init; } = [];

    /// <summary>Working folder of a hosted agent, on this machine; null when the task has none. Sandboxed agents get theirs with <see cref="ISandboxAgent.Prepare"/>.</summary>
    public string? WorkspaceFolder { get; init; }

    /// <summary>A name for this attempt at this run: the same again after a restart.</summary>
    public string ExecutionId => ExecutionIdOf(SubtaskId, Attempt);

    /// <summary>The name of an attempt at a run.</summary>
    public static string ExecutionIdOf(long subtaskId, int attempt) => $"run-{subtaskId}-{attempt}";

    /// <summary>Prints the identifiers only, so that no secret reaches a log.</summary>
    public override string ToString() => $"AgentRequest {{ TaskId = {TaskId}, SubtaskId = {SubtaskId}, Attempt = {Attempt}, BotName = {BotName} }}";
}
