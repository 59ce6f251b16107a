using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Wegent.Runtime.Agents.ClaudeCode;

/// <summary>Reads lines of output.</summary>
internal static class ClaudeCodeLine
{
    /// <summary>Parses a line; false when it is no JSON object. The beginning of a line that was cut is read as far as it goes.</summary>
    public static bool TryParse(string text, bool truncated, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        if (!text.AsSpan().TrimStart().StartsWith('{'))
            return false;
        try
        {
            document = JsonDocument.Parse(MendSurrogates(truncated ? Close(text) : text));
        }
        catch (JsonException)
        {
            return false;
        }

        return true;
    }

    /// <summary>Ends a JSON text that breaks off: closes the string and the brackets it is in, and leaves out a field without its value.</summary>
    private static string Close(string text)
    {
        Stack<char> closers = new();
        var safe = 0; // up to here, only brackets need closing
        var inString = false;
        var isKey = false;
        for (var at = 0; at < text.Length; at++)
        {
            var character = text[at];
            if (inString)
            {
                if (character == '\\')
                    at += at + 1 < text.Length && text[at + 1] == 'u' ? 5 : 1;
                else if (character == '"')
                    inString = false;
                if (at < text.Length && !isKey)
                    safe = inString ? safe : at + 1;
                continue;
            }

            switch (character)
            {
                case '"':
                    inString = true;
                    isKey = closers.TryPeek(out var closer) && closer == '}' && LastToken(text, at) is '{' or ',';
                    break;
                case '{' or '[':
                    closers.Push(character == '{' ? '}' : ']');
                    safe = at + 1;
                    break;
                case '}' or ']':
                    closers.TryPop(out _);
                    safe = at + 1;
                    break;
                case ',':
                    safe = at;
                    break;
            }
        }

        StringBuilder closed = new(text.Length + 16);
        if (inString && !isKey)
            closed.Append(text, 0, EndOfString(text)).Append('"');
        else
            closed.Append(text, 0, safe);
        foreach (var closer in closers)
            closed.Append(closer);
        return closed.ToString();
    }

    /// <summary>Replaces halves of surrogate pairs, which a text that was cut between them holds as escapes, and which no reader here accepts.</summary>
    private static string MendSurrogates(string text)
    {
        if (!text.Contains("\\ud", StringComparison.OrdinalIgnoreCase))
            return text;

        StringBuilder mended = new(text);
        for (var at = text.IndexOf('\\', StringComparison.Ordinal); at >= 0 && at + 1 < text.Length; at = text.IndexOf('\\', at))
        {
            var unit = Escaped(at);
            if (unit is { } high && char.IsHighSurrogate(high) && Escaped(at + 6) is { } low && char.IsLowSurrogate(low))
            {
                at += 12;
            }
            else
            {
                if (unit is { } half && char.IsSurrogate(half))
                    mended.Remove(at + 2, 4).Insert(at + 2, "fffd");
                at += unit is null ? 2 : 6;
            }

            if (at >= text.Length)
                break;
        }

        return mended.ToString();

        char? Escaped(int at) => at + 6 <= text.Length && text[at] == '\\' && text[at + 1] == 'u'
            && ushort.TryParse(text.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? (char)unit : null;
    }

    private static char LastToken(string text, int before)
    {
        do
            before--;
        while (before >= 0 && char.IsWhiteSpace(text[before]));
        return before >= 0 ? text[before] : '\0';
    }

    /// <summary>Where the text of an unfinished string ends, half an escape sequence left out.</summary>
    private static int EndOfString(string text)
    {
        var escape = text.LastIndexOf('\\', text.Length - 1, Math.Min(6, text.Length));
        if (escape < 0)
            return text.Length;
        var backslashes = 0;
        while (escape - backslashes >= 0 && text[escape - backslashes] == '\\')
            backslashes++;
        var length = escape + 1 < text.Length && text[escape + 1] == 'u' ? 6 : 2;
        return backslashes % 2 == 1 && escape + length > text.Length ? escape : text.Length;
    }
}
