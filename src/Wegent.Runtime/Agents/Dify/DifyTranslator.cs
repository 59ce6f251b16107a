using System.Globalization;
using System.Text;
using System.Text.Json;
using Wegent.Agents;
using Wegent.Tasks;

namespace Wegent.Runtime.Agents.Dify;

/// <summary>Turns the events of one run into ours. Events that it does not know are passed over.</summary>
internal sealed class DifyTranslator(DifyMode mode, Uri address, DifyFailure failures, SecretRedactor redactor)
{
    private const string TextBlock = "text";
    private const int MaxSources = 20;

    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, string> _thoughts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _openTools = new(StringComparer.Ordinal);
    private readonly HashSet<string> _doneTools = new(StringComparer.Ordinal);
    private RedactedStream _shown = new(redactor);
    private bool _sawAgentMessage;
    private long _nodeTokens;

    /// <summary>What to stop the run by; null until the first event that says it.</summary>
    public string? RunId { get; private set; }

    /// <summary>The conversation to go on with; null until it is known, or where there is none.</summary>
    public string? Conversation { get; private set; }

    /// <summary>Whether the run has ended.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Takes an event in.</summary>
    public void Translate(JsonElement message, ICollection<AgentEvent> events)
    {
        if (HasEnded)
            return;
        RunId ??= message.GetText("task_id");
        if (mode == DifyMode.Chat && Conversation is null && message.GetText("conversation_id") is { Length: > 0 } conversation)
            events.Add(new AgentSession(Conversation = conversation));

        var data = message.Get("data");
        switch (message.GetText("event"))
        {
            case "message" when _sawAgentMessage:
                Replace(message.GetText("answer") ?? "", events); // the whole answer once more, after its pieces
                break;
            case "message":
                Append(message.GetText("answer"), events);
                break;
            case "agent_message":
                _sawAgentMessage = true;
                Append(message.GetText("answer"), events);
                break;
            case "text_chunk":
                Append(data.GetText("text"), events);
                break;
            case "message_replace":
                Replace(message.GetText("answer") ?? "", events);
                break;
            case "text_replace":
                Replace(data.GetText("text") ?? "", events);
                break;
            case "agent_thought":
                Think(message, events);
                break;
            case "message_file":
                ShowFile(message, events);
                break;
            case "node_started":
                StartNode(data, events);
                break;
            case "node_finished":
                FinishNode(data, events);
                break;
            case "message_end":
                ShowSources(message.Get("metadata"), events);
                Complete(text: null, UsageOf(message.Get("metadata").Get("usage")), events);
                break;
            case "workflow_finished":
                FinishWorkflow(data, events);
                break;
            case "workflow_paused" or "human_input_required":
                Fail(new Failure(FailureReason.Misconfigured, "The Dify workflow waits for a person's input, which can be given in Dify only; take that step out of it"), events);
                break;
            case "error":
                Fail(failures.OfCode(message.GetText("code"), (int)(message.GetNumber("status") ?? 0), message.GetText("message") ?? ""), events);
                break;
        }
    }

    /// <summary>The stream has ended, whole or not.</summary>
    /// <param name="failure">Why it broke off; null when it just ended.</param>
    /// <param name="events">Gets what remains, and the final event if there was none.</param>
    public void End(Failure? failure, ICollection<AgentEvent> events)
    {
        if (!HasEnded)
            Fail(failure ?? new Failure(FailureReason.ModelUnreachable, "Dify broke off its answer: the stream ended before the run did"), events);
    }

    private void Append(string? piece, ICollection<AgentEvent> events)
    {
        if (string.IsNullOrEmpty(piece))
            return;
        _text.Append(piece);
        if (_shown.Append(piece) is { Length: > 0 } text)
            events.Add(new AgentText(TextBlock, text));
    }

    private void Replace(string text, ICollection<AgentEvent> events)
    {
        var isSame = _text.Equals(text);
        _text.Clear().Append(text);
        if (isSame)
            return;
        _shown = new RedactedStream(redactor);
        events.Add(new AgentBlockReplaced(TextBlock, redactor.Redact(text)));
    }

    // The same thought comes again and again, each time fuller; it holds the tool that it led to, and later what the tool said.
    private void Think(JsonElement message, ICollection<AgentEvent> events)
    {
        if (message.GetText("id") is not { } id)
            return;
        var thought = redactor.Redact(message.GetText("thought") ?? "");
        var before = _thoughts.GetValueOrDefault(id, "");
        if (thought.Length > 0 && thought != before && !_text.ToString().Contains(thought.Trim(), StringComparison.Ordinal))
        {
            events.Add(thought.StartsWith(before, StringComparison.Ordinal) ? new AgentThinking($"thought-{id}", thought[before.Length..]) : new AgentBlockReplaced($"thought-{id}", thought));
            _thoughts[id] = thought;
        }

        if (message.GetText("tool") is { Length: > 0 } tool)
            StartTool(id, tool.Replace(";", ", ", StringComparison.Ordinal), Parse(message.GetText("tool_input")), events);
        if (message.GetText("observation") is { Length: > 0 } observation)
            FinishTool(id, observation, isError: false, events);
    }

    private void StartNode(JsonElement node, ICollection<AgentEvent> events)
    {
        if (node.GetText("id") is { } id && node.GetText("node_type") is not ("start" or "end" or "answer"))
            StartTool(id, node.GetText("title") is { Length: > 0 } title ? title : node.GetText("node_type") ?? "node", default, events);
    }

    private void FinishNode(JsonElement node, ICollection<AgentEvent> events)
    {
        _nodeTokens += node.Get("execution_metadata").GetNumber("total_tokens") ?? 0;
        if (node.GetText("id") is { } id)
            FinishTool(id, node.GetText("error") ?? Pretty(node.Get("outputs")), node.GetText("status") is "failed" or "exception", events);
    }

    private void FinishWorkflow(JsonElement data, ICollection<AgentEvent> events)
    {
        switch (data.GetText("status"))
        {
            case "failed":
                Fail(failures.OfWorkflow(data.GetText("error") ?? ""), events);
                break;
            case "stopped":
                Fail(new Failure(FailureReason.Cancelled, "The Dify workflow was stopped"), events);
                break;
            case "paused":
                Fail(new Failure(FailureReason.Misconfigured, "The Dify workflow waits for a person's input, which can be given in Dify only; take that step out of it"), events);
                break;
            case var _ when mode == DifyMode.Workflow:
                // How its tokens divide is not told; most of them are sent.
                Complete(ResultOf(data.Get("outputs")), new TokenUsage(data.GetNumber("total_tokens") ?? _nodeTokens, 0, 0, 0), events);
                break;
        }
    }

    private void Complete(string? text, TokenUsage usage, ICollection<AgentEvent> events)
    {
        if (_text.Length == 0 && text is { Length: > 0 })
            Append(text, events);
        Close(events);
        HasEnded = true;
        events.Add(_text.ToString().Trim().Length == 0 && string.IsNullOrWhiteSpace(text)
            ? new AgentFailed(new Failure(FailureReason.AgentCrashed, "The Dify application ended without an answer"), usage)
            : new AgentCompleted(text is null ? null : redactor.Redact(text), usage));
    }

    private void Fail(Failure failure, ICollection<AgentEvent> events)
    {
        Close(events);
        HasEnded = true;
        events.Add(new AgentFailed(failure, new TokenUsage(_nodeTokens, 0, 0, 0)));
    }

    private void Close(ICollection<AgentEvent> events)
    {
        if (_shown.Flush() is { Length: > 0 } rest)
            events.Add(new AgentText(TextBlock, rest));
        foreach (var tool in _openTools.ToArray())
            FinishTool(tool, "", isError: false, events);
    }

    private void StartTool(string id, string name, JsonElement input, ICollection<AgentEvent> events)
    {
        if (!_doneTools.Contains(id) && _openTools.Add(id))
            events.Add(new AgentToolStarted(id, name, input.ValueKind == JsonValueKind.Undefined ? null : input));
    }

    private void FinishTool(string id, string output, bool isError, ICollection<AgentEvent> events)
    {
        if (!_openTools.Remove(id))
            return;
        _doneTools.Add(id);
        events.Add(new AgentToolFinished(id, redactor.Redact(output), isError));
    }

    private void ShowFile(JsonElement message, ICollection<AgentEvent> events)
    {
        if (message.GetText("belongs_to") == "user" || message.GetText("url") is not { Length: > 0 } url || !Uri.TryCreate(address, url, out var full))
            return;
        var isImage = message.GetText("type") == "image";
        events.Add(new AgentText($"file-{message.GetText("id")}", $"{(isImage ? "!" : "")}[{message.GetText("type") ?? "file"}]({full})"));
    }

    private void ShowSources(JsonElement metadata, ICollection<AgentEvent> events)
    {
        var names = metadata.GetItems("retriever_resources").Select(source => source.GetText("document_name")).OfType<string>().Distinct(StringComparer.Ordinal).Take(MaxSources).ToList();
        if (names.Count > 0)
            events.Add(new AgentText("sources", redactor.Redact($"Sources: {string.Join(", ", names)}")));
    }

    // One text is the answer; several, or anything else, are shown as they are named.
    private static string ResultOf(JsonElement outputs) =>
        outputs.ValueKind == JsonValueKind.Object && outputs.EnumerateObject().ToList() is [{ Value.ValueKind: JsonValueKind.String } only] ? only.Value.GetString()! : Pretty(outputs);

    private static string Pretty(JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            return "";
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            value.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private JsonElement Parse(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
            return default;
        try
        {
            using var document = JsonDocument.Parse(redactor.Redact(json));
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static TokenUsage UsageOf(JsonElement usage)
    {
        var price = usage.GetText("total_price") is { } text && usage.GetText("currency") is "USD" && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var dollars) ? dollars : 0;
        return new TokenUsage(usage.GetNumber("prompt_tokens") ?? 0, usage.GetNumber("completion_tokens") ?? 0, 0, price);
    }
}
