using System.Text.Json;
using Wegent.Agents;
using Wegent.Sandboxes;
using Wegent.Tasks;

namespace Wegent.Runtime.Agents.ClaudeCode;

/// <summary>Reads Claude Code's <c>stream-json</c> output. Its result event ends the run; what it does not know it passes over.</summary>
internal sealed class ClaudeCodeTranslator : IAgentTranslator
{
    private const int KeptLastWords = 10;

    private readonly TimeSpan _silenceLimit;
    private readonly SecretRedactor _redactor;
    private readonly ClaudeCodeFailure _failures;
    private readonly ClaudeCodeAnswer _answer;
    private readonly ClaudeCodeToolCalls _tools = new();
    private readonly ClaudeCodeUsage _usage = new();
    private readonly Queue<string> _lastWords = new();
    private readonly HashSet<string> _deadServers = new(StringComparer.Ordinal);

    private string? _sessionId;
    private string? _errorWord; // of the message with which the program reports a failed call
    private long? _retriedStatus;
    private TimeSpan _retryDelay;
    private bool _asks;
    private bool _ended;

    public ClaudeCodeTranslator(AgentRequest request, TimeSpan silenceLimit)
    {
        _silenceLimit = silenceLimit;
        _redactor = SecretRedactor.For(request);
        _failures = new(ClaudeCodeModelSettings.Host(request.Model), _redactor);
        _answer = new(_redactor);
    }

    /// <inheritdoc/>
    public TimeSpan? SilenceLimit => _tools.AnyOpen && !_asks ? null : _silenceLimit + _retryDelay;

    /// <inheritdoc/>
    public void Translate(ExecutionOutput output, ICollection<AgentEvent> events)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(events);
        if (_ended)
            return;

        switch (output)
        {
            case ExecutionExited exited:
                End(new AgentFailed(_failures.OfExit(exited.ExitCode, exited.Detail, _lastWords), _usage.SoFar), events);
                break;
            case ExecutionLine line:
                Read(line, events);
                break;
        }
    }

    private void Read(ExecutionLine line, ICollection<AgentEvent> events)
    {
        var text = _redactor.Redact(line.Text); // everything that leaves comes out of this
        if (line.IsError || !ClaudeCodeLine.TryParse(text, line.Truncated, out var document))
        {
            KeepLastWords(text);
            return;
        }

        using (document)
        {
            _retryDelay = TimeSpan.Zero;
            _asks = false;
            var root = document.RootElement;
            var isOfSubAgent = root.GetText("parent_tool_use_id") is not null;
            switch (root.GetText("type"))
            {
                case "system":
                    ReadSystem(root, events);
                    break;
                case "stream_event" when !isOfSubAgent:
                    ReadStream(root.Get("event"), events);
                    break;
                case "assistant":
                    ReadMessage(root, isOfSubAgent, events);
                    break;
                case "user":
                    if (root.IsTrue("isSynthetic") && !isOfSubAgent)
                        _answer.GoesOn();
                    foreach (var block in root.Get("message").GetItems("content"))
                        _tools.Add(block, root.Get("tool_use_result"), line.Truncated, events);
                    break;
                case "control_request":
                    _asks = true;
                    if (root.Get("request").GetText("subtype") == "can_use_tool")
                        events.Add(new AgentProgress($"Claude Code asks whether it may use {root.Get("request").GetText("tool_name")}; nobody is there to answer"));
                    break;
                case "result":
                    ReadResult(root, events);
                    break;
            }
        }
    }

    private void ReadSystem(JsonElement system, ICollection<AgentEvent> events)
    {
        switch (system.GetText("subtype"))
        {
            case "init":
                if (system.GetText("session_id") is { } session && session != _sessionId)
                    events.Add(new AgentSession(_sessionId = session));
                foreach (var server in system.GetItems("mcp_servers"))
                {
                    if (server.GetText("status") == "failed" && server.GetText("name") is { } name && _deadServers.Add(name))
                        events.Add(new AgentProgress($"The MCP server {name} cannot be reached; the agent works without its tools"));
                }

                break;
            case "api_retry":
                ReadRetry(system, events);
                break;
            case "status" when system.GetText("status") == "compacting":
                events.Add(new AgentProgress("The conversation is summed up to make room"));
                break;
            case "model_fallback":
                events.Add(new AgentProgress($"The model {system.GetText("original_model")} is not available; {system.GetText("fallback_model")} takes over", FailureReason.Overloaded));
                break;
            case "task_started" when system.GetText("description") is { Length: > 0 } description:
                events.Add(new AgentProgress(system.GetText("subagent_type") is { } agent ? $"Sub-agent {agent}: {description}" : $"In the background: {description}"));
                break;
        }
    }

    private void ReadRetry(JsonElement retry, ICollection<AgentEvent> events)
    {
        var status = retry.GetNumber("error_status");
        var word = retry.GetText("error");
        var reason = ClaudeCodeFailure.ReasonOf(status, word);
        if (reason == FailureReason.Authentication)
        {
            // The program would go on for minutes; a refused key stays refused.
            End(new AgentFailed(_failures.OfRefusedKey(status), _usage.SoFar), events);
            return;
        }

        _retriedStatus = status;
        _retryDelay = TimeSpan.FromMilliseconds(Math.Clamp(retry.GetNumber("retry_delay_ms") ?? 0, 0, (long)TimeSpan.FromHours(1).TotalMilliseconds));
        var trouble = reason switch
        {
            FailureReason.RateLimited => "The model service limits requests",
            FailureReason.Overloaded when status is null or 529 => "The model service is overloaded",
            FailureReason.Overloaded => "The model service failed",
            FailureReason.ModelUnreachable => "The model service cannot be reached, or broke off its answer",
            _ => "The model service did not answer as it should",
        };
        var code = status is null ? "" : $" ({status})";
        events.Add(new AgentProgress($"{trouble}{code}; next try in {_retryDelay.TotalSeconds:0.0} s, {retry.GetNumber("attempt")} of {retry.GetNumber("max_retries")}", reason));
    }

    private void ReadStream(JsonElement streamed, ICollection<AgentEvent> events)
    {
        switch (streamed.GetText("type"))
        {
            case "message_start":
                _usage.SeeMessage(streamed.Get("message"), streams: true);
                break;
            case "message_delta":
                _usage.SeeMessageEnd(streamed.Get("usage"));
                break;
        }

        _answer.Stream(streamed, events);
    }

    private void ReadMessage(JsonElement root, bool isOfSubAgent, ICollection<AgentEvent> events)
    {
        var message = root.Get("message");
        if (root.GetText("error") is not null || IsReport(message))
        {
            _errorWord = root.GetText("error"); // the words of the program, not of the model; the result repeats them
            return;
        }

        _retriedStatus = null;
        _usage.SeeMessage(message, streams: false);
        var messageId = message.GetText("id");
        foreach (var block in message.GetItems("content"))
        {
            if (!isOfSubAgent) // what a sub-agent says comes as the result of its call
                _answer.Add(messageId, block, events);
            _tools.Add(block, default, truncated: false, events);
        }
    }

    /// <summary>Whether the program itself speaks, of a failed call.</summary>
    private static bool IsReport(JsonElement message) => message.GetText("model") == "<synthetic>"
        && message.GetItems("content").Any(block => block.GetText("text")?.StartsWith("API Error", StringComparison.Ordinal) == true);

    private void ReadResult(JsonElement result, ICollection<AgentEvent> events)
    {
        var usage = ClaudeCodeUsage.OfResult(result);
        if (result.GetText("subtype") != "success" || result.IsTrue("is_error"))
        {
            End(new AgentFailed(_failures.OfResult(result, _errorWord, _retriedStatus), usage == TokenUsage.None ? _usage.SoFar : usage), events);
            return;
        }

        _answer.DropUnfinished(events);
        var said = _answer.FinalText;
        var stated = result.GetText("result") ?? "";
        if (said.Length == 0 && stated.Length > 0)
            _answer.Say(stated, events);
        // The result holds the last block alone; what we saw may begin earlier. Where the two do not fit, the program's word counts.
        End(new AgentCompleted(said.TrimEnd().EndsWith(stated.TrimEnd(), StringComparison.Ordinal) ? said : stated, usage), events);
    }

    private void End(AgentEvent last, ICollection<AgentEvent> events)
    {
        _ended = true;
        _answer.Flush(events);
        _tools.CloseAll(last is AgentFailed { Failure.Reason: FailureReason.Cancelled } ? ClaudeCodeToolCalls.Stopped : "The run ended before this call did.", events);
        events.Add(last);
    }

    private void KeepLastWords(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return;
        if (_lastWords.Count == KeptLastWords)
            _lastWords.Dequeue();
        _lastWords.Enqueue(text.Length <= 300 ? text : $"{text.AsSpan(0, 300)}…");
    }
}
