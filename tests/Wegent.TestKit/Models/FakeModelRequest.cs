using System.Text.Json;

namespace Wegent.TestKit.Models;

/// <summary>A request that a fake model received.</summary>
public sealed record FakeModelRequest
{
    /// <summary>Its number among the requests for messages, from 1; 0 for every other request.</summary>
    public required int Number { get; init; }

    /// <summary>Method, such as <c>POST</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Path and query.</summary>
    public required string Path { get; init; }

    /// <summary>Headers; names are compared without regard to case.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The body; undefined when there was none.</summary>
    public required JsonElement Body { get; init; }

    /// <summary>Whether a stream was asked for.</summary>
    public bool Stream => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True;

    /// <summary>The model that was asked for; empty when none was.</summary>
    public string Model => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("model", out var model) ? model.GetString() ?? "" : "";

    /// <summary>The credential: the value of <c>x-api-key</c>, or of <c>authorization</c> without <c>Bearer</c>; null when there was none.</summary>
    public string? Credential => Headers.TryGetValue("x-api-key", out var key) ? key
        : Headers.TryGetValue("authorization", out var bearer) ? bearer.Replace("Bearer ", "", StringComparison.OrdinalIgnoreCase)
        : null;

    /// <summary>The system prompt's text.</summary>
    public string System => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("system", out var system) ? TextOf(system)
        : string.Join('\n', Messages.Where(message => RoleOf(message) is "system" or "developer").Select(message => TextOf(message.GetProperty("content"))));

    /// <summary>Text of the last message of the user, tool results left out.</summary>
    public string LastUserText => Messages.LastOrDefault(message => RoleOf(message) == "user") is { ValueKind: JsonValueKind.Object } message
        ? TextOf(message.GetProperty("content"))
        : "";

    /// <summary>Results of tools in the last message, by the call's id.</summary>
    public IReadOnlyDictionary<string, string> ToolResults
    {
        get
        {
            if (Messages.LastOrDefault() is { ValueKind: JsonValueKind.Object } end && RoleOf(end) == "tool")
            {
                return Messages.Reverse().TakeWhile(message => RoleOf(message) == "tool")
                    .ToDictionary(message => message.GetProperty("tool_call_id").GetString()!, message => TextOf(message.GetProperty("content")));
            }

            return Messages.LastOrDefault(message => RoleOf(message) == "user") is { ValueKind: JsonValueKind.Object } last
                && last.GetProperty("content") is { ValueKind: JsonValueKind.Array } blocks
                ? blocks.EnumerateArray().Where(block => TypeOf(block) == "tool_result")
                    .ToDictionary(block => block.GetProperty("tool_use_id").GetString()!, block => block.TryGetProperty("content", out var content) ? TextOf(content) : "")
                : new Dictionary<string, string>();
        }
    }

    /// <summary>Role and text of each message, in order: <c>user: hello</c>.</summary>
    public IReadOnlyList<string> Conversation => [.. Messages.Select(message => $"{RoleOf(message)}: {(message.TryGetProperty("content", out var content) ? TextOf(content) : "")}")];

    /// <summary>How many messages the conversation has.</summary>
    public int MessageCount => Messages.Count();

    /// <summary>Names of the tools on offer.</summary>
    public IReadOnlyList<string> ToolNames => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("tools", out var tools)
        ? [.. tools.EnumerateArray().Select(tool => (tool.TryGetProperty("function", out var function) ? function : tool).GetProperty("name").GetString()!)]
        : [];

    private IEnumerable<JsonElement> Messages =>
        Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("messages", out var messages) ? messages.EnumerateArray() : [];

    private static string? RoleOf(JsonElement message) => message.TryGetProperty("role", out var role) ? role.GetString() : null;

    private static string? TypeOf(JsonElement block) => block.TryGetProperty("type", out var type) ? type.GetString() : null;

    private static string TextOf(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => content.GetString()!,
        JsonValueKind.Array => string.Join('\n', content.EnumerateArray().Where(block => TypeOf(block) == "text").Select(block => block.GetProperty("text").GetString())),
        _ => "",
    };
}
