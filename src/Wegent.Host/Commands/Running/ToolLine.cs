using System.Text.Json;
using Wegent.Tasks;

namespace Wegent.Hosting.Commands.Running;

/// <summary>Says a tool call in one line: its name and the one argument that tells most.</summary>
internal static class ToolLine
{
    private const int MaxLength = 100;

    private static readonly string[] s_telling = ["command", "file_path", "path", "notebook_path", "pattern", "query", "url", "description", "prompt"];

    public static string Of(ToolCall tool) => tool.Input is { } input && ArgumentOf(input) is { Length: > 0 } argument
        ? $"{tool.Name}  {Shorten(argument)}"
        : tool.Name;

    /// <summary>The first line of a tool's output that says anything, for a call that failed.</summary>
    public static string FirstLineOf(string? output) =>
        Shorten(output?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "");

    private static string? ArgumentOf(JsonElement input)
    {
        if (input.ValueKind != JsonValueKind.Object)
            return input.GetRawText();
        foreach (var name in s_telling)
        {
            if (input.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                return value.GetString();
        }

        return input.EnumerateObject().Any() ? input.GetRawText() : null;
    }

    // A tool's arguments come from a model: no line break and no control character of theirs reaches the terminal.
    private static string Shorten(string text)
    {
        var line = string.Concat(text.Trim().Select(static c => char.IsControl(c) ? ' ' : c));
        return line.Length <= MaxLength ? line : string.Concat(line.AsSpan(0, MaxLength - 1), "…");
    }
}
