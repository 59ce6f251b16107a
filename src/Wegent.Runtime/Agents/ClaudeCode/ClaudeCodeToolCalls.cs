using System.Text.Json;
using System.Text.Json.Nodes;
using Wegent.Agents;

namespace Wegent.Runtime.Agents.ClaudeCode;

/// <summary>Follows tool calls from their start to their end, those of sub-agents included.</summary>
internal sealed class ClaudeCodeToolCalls
{
    /// <summary>Longest output that is passed on, in UTF-16 code units.</summary>
    private const int MaxOutput = 64 * 1024;

    /// <summary>Longest arguments that are passed on whole, in UTF-16 code units.</summary>
    private const int MaxInput = 32 * 1024;

    /// <summary>Output of a call that was stopped.</summary>
    public const string Stopped = "Stopped before it ended.";

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _open = [];

    /// <summary>Whether a tool is at work.</summary>
    public bool AnyOpen => _open.Count > 0;

    /// <summary>A block of a message: the start of a call, the end of one, or nothing to do with tools.</summary>
    /// <param name="block">The block.</param>
    /// <param name="structured">A call's result as the program keeps it; undefined when it keeps none.</param>
    /// <param name="truncated">Whether the block may have lost its end, the call's id included.</param>
    /// <param name="events">Where the start or end is appended.</param>
    public void Add(JsonElement block, JsonElement structured, bool truncated, ICollection<AgentEvent> events)
    {
        // Besides calls of its own tools (tool_use), those that the model service runs itself (server_tool_use and the like).
        var type = block.GetText("type") ?? "";
        if (type.EndsWith("tool_use", StringComparison.Ordinal))
        {
            if (block.GetText("id") is { } id && _seen.Add(id))
            {
                _open.Add(id);
                events.Add(new AgentToolStarted(id, block.GetText("name") ?? "tool", Input(block.Get("input"))));
            }
        }
        else if (type.EndsWith("tool_result", StringComparison.Ordinal))
        {
            var id = block.GetText("tool_use_id") ?? (truncated && _open.Count == 1 ? _open[0] : null);
            if (id is not null && _open.Remove(id))
                events.Add(new AgentToolFinished(id, Output(ForPeople(block, structured)), block.IsTrue("is_error")));
        }
    }

    /// <summary>Ends the calls that are still open: nothing more will be heard of them.</summary>
    public void CloseAll(string output, ICollection<AgentEvent> events)
    {
        foreach (var id in _open)
            events.Add(new AgentToolFinished(id, output, IsError: true));
        _open.Clear();
    }

    private static JsonElement? Input(JsonElement input)
    {
        if (input.ValueKind == JsonValueKind.Undefined)
            return null;
        if (input.GetRawText().Length <= MaxInput)
            return input.Clone();

        // Long texts, such as a file's content, are shortened, further each time until the whole fits.
        for (var longest = MaxInput / 4; longest > 64; longest /= 4)
        {
            using var cut = JsonDocument.Parse(Cut(JsonNode.Parse(input.GetRawText()), longest)?.ToJsonString() ?? "null");
            if (cut.RootElement.GetRawText().Length <= MaxInput)
                return cut.RootElement.Clone();
        }

        return null;
    }

    /// <summary>The same value with long texts and lists shortened.</summary>
    private static JsonNode? Cut(JsonNode? node, int longest)
    {
        switch (node)
        {
            case JsonObject map:
                return new JsonObject(map.Take(longest).Select(item => KeyValuePair.Create(item.Key, Cut(item.Value, longest))));
            case JsonArray list:
                return new JsonArray([.. list.Take(longest / 64).Select(item => Cut(item, longest))]);
            case JsonValue value when value.TryGetValue<string>(out var text) && text.Length > longest:
                return JsonValue.Create(Shorten(text, longest));
            default:
                return node?.DeepClone();
        }
    }

    /// <summary>What a sub-agent said, without the notes to the model that stand beside it; else the result as it is.</summary>
    private static JsonElement ForPeople(JsonElement block, JsonElement structured) =>
        structured.GetText("agentId") is not null && structured.Get("content") is { ValueKind: JsonValueKind.Array } said && said.GetArrayLength() > 0
            ? said
            : block.Get("content");

    private static string Output(JsonElement content)
    {
        var text = content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Join('\n', content.EnumerateArray().Select(block => block.GetText("text") ?? $"[{block.GetText("type") ?? "data"}]")),
            JsonValueKind.Object => content.GetText("text") ?? content.GetRawText(),
            _ => "",
        };
        const string Open = "<tool_use_error>", Close = "</tool_use_error>"; // meant for the model, not for people
        if (text.StartsWith(Open, StringComparison.Ordinal) && text.EndsWith(Close, StringComparison.Ordinal))
            text = text[Open.Length..^Close.Length];
        return text.StartsWith("The user doesn't want to proceed with this tool use.", StringComparison.Ordinal) ? Stopped : Shorten(text, MaxOutput);
    }

    private static string Shorten(string text, int longest)
    {
        if (text.Length <= longest)
            return text;
        var end = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return $"{text.AsSpan(0, end)}\n[{text.Length - end} more characters left out]";
    }
}
