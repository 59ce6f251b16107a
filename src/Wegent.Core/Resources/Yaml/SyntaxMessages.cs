using Wegent.Validation;

namespace Wegent.Resources.Yaml;

/// <summary>Says what the parser's complaint means for the person who wrote the file.</summary>
internal static class SyntaxMessages
{
    private static readonly (string Part, string Code, string Message, string? Hint)[] s_known =
    [
        ("invalid mapping", DiagnosticCodes.Syntax, "a ': ' stands inside a value", "put the value in quotes, or correct the indentation"),
        ("did not find expected key", DiagnosticCodes.Syntax, "expected a key here", "check the indentation, and that ': ' follows the key"),
        ("could not find expected ':'", DiagnosticCodes.Syntax, "expected ': ' after the key before this", "check the indentation"),
        ("did not find expected '-' indicator", DiagnosticCodes.Syntax, "expected another '- ' item here", "check the indentation"),
        ("did not find expected ',' or ']'", DiagnosticCodes.Syntax, "expected ',' or ']' here", null),
        ("did not find expected ',' or '}'", DiagnosticCodes.Syntax, "expected ',' or '}' here", null),
        ("quoted scalar, found unexpected", DiagnosticCodes.Syntax, "the quote that opens here is never closed", "close it"),
        ("found wrong indentation", DiagnosticCodes.Syntax, "the quote that opens here is not closed before the indentation ends", "close it, or indent its further lines"),
        ("unknown escape character", DiagnosticCodes.Syntax, "the text in double quotes has an escape that YAML does not know", @"write \\ for a backslash, or use single quotes"),
        ("invalid Unicode", DiagnosticCodes.ForbiddenCharacter, "an escape stands for no character", "write the character itself"),
        ("cannot start any token", DiagnosticCodes.Syntax, "this character cannot begin a value", "put the value in quotes"),
        ("did not find expected node content", DiagnosticCodes.Syntax, "expected a value here", null),
        ("undefined tag handle", DiagnosticCodes.UnknownTag, "the tag is not allowed", "only !!str, !!int, !!float, !!bool, !!null, !!map and !!seq are"),
        ("incompatible YAML document", DiagnosticCodes.Syntax, "the document asks for another version of YAML", "write %YAML 1.2, or nothing"),
        ("expected <document end>", DiagnosticCodes.Syntax, "the document goes on after its value has ended", "check the indentation, or begin a new document with ---"),
        ("expected <document start>", DiagnosticCodes.Syntax, "the document goes on after its value has ended", "check the indentation, or begin a new document with ---"),
        ("While scanning an anchor or alias", DiagnosticCodes.Syntax, "an anchor or alias needs a name", "put the value in quotes if '&' or '*' belongs to it"),
        ("state of the object", DiagnosticCodes.Syntax, "the text is not YAML from here on", null),
    ];

    /// <summary>A code, a message in our words, and what to do; the parser's own words where we have none.</summary>
    /// <param name="message">The parser's message.</param>
    public static (string Code, string Message, string? Hint) Explain(string message)
    {
        foreach (var (part, code, text, hint) in s_known)
        {
            if (message.Contains(part, StringComparison.Ordinal))
                return (code, text, hint);
        }
        message = message.TrimEnd('.', ' ');
        return (DiagnosticCodes.Syntax, message.Length == 0 ? "the text is not YAML from here on" : char.ToLowerInvariant(message[0]) + message[1..], null);
    }

    /// <summary>Where a tab indents a line, at the place of a fault or after it; -1 when none does.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Any place in the first line to look at.</param>
    /// <param name="lines">How many lines to look at.</param>
    public static int FindIndentingTab(ReadOnlySpan<char> text, int from, int lines)
    {
        var lineStart = text[..from].LastIndexOfAny('\r', '\n') + 1;
        for (; lines > 0; lines--)
        {
            var line = text[lineStart..];
            var indent = line.IndexOfAnyExcept(' ', '\t');
            if (indent < 0)
                indent = line.Length;
            if (line[..indent].IndexOf('\t') is var tab and >= 0 && indent < line.Length && line[indent] is not ('\r' or '\n' or '#'))
                return lineStart + tab;
            var end = line.IndexOfAny('\r', '\n');
            if (end < 0)
                return -1;
            lineStart += end + (line[end..].StartsWith("\r\n") ? 2 : 1);
        }
        return -1;
    }
}
