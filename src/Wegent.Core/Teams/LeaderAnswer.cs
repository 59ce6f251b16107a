using System.Text;
using System.Text.Json;

namespace Wegent.Teams;

/// <summary>Reads what a leader decided out of its answer: JSON, alone or among other words, as models write it.</summary>
internal static class LeaderAnswer
{
    private const int MaxLength = 256 * 1024; // UTF-16 code units; a decision is short
    private const int MaxStarts = 100;

    /// <summary>The last JSON value in an answer that <paramref name="read"/> makes something of; null when there is none.</summary>
    /// <param name="answer">The leader's words.</param>
    /// <param name="start">What the value begins with: <c>{</c> or <c>[</c>.</param>
    /// <param name="read">Reads a value; null when it is not what was asked for.</param>
    public static T? Find<T>(string answer, char start, Func<JsonElement, T?> read)
        where T : class
    {
        var text = answer.Length <= MaxLength ? answer : answer[^MaxLength..];
        T? found = null;
        var at = text.IndexOf(start, StringComparison.Ordinal);
        for (var tries = 0; at >= 0 && tries < MaxStarts; tries++)
        {
            var length = 0;
            if (TryParse(text.AsSpan(at), out var value, out length))
                found = read(value) ?? found;
            at = text.IndexOf(start, at + Math.Max(1, length));
        }

        return found;
    }

    /// <summary>A string field of an object; null when it is not there.</summary>
    public static string? TextOf(JsonElement value, string field) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(field, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static bool TryParse(ReadOnlySpan<char> text, out JsonElement value, out int length)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var reader = new Utf8JsonReader(bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes)));
        try
        {
            value = JsonElement.ParseValue(ref reader);
            length = Encoding.UTF8.GetCharCount(bytes, 0, (int)reader.BytesConsumed);
            return true;
        }
        catch (JsonException)
        {
            (value, length) = (default, 0);
            return false;
        }
    }
}
