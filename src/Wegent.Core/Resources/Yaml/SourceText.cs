using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Wegent.Validation;

namespace Wegent.Resources.Yaml;

/// <summary>The characters of an input, checked once before anything parses them: size, encoding, characters that YAML does not allow.</summary>
internal sealed class SourceText
{
    // YAML allows tab, line feed, carriage return and NEL of the control characters. A NUL would also end the parser's input silently.
    private static readonly SearchValues<char> s_suspects = SearchValues.Create([.. SuspectCharacters()]);

    // YAML 1.1 broke lines at these three, 1.2 does not, and JSON allows them in strings. The parser still breaks there.
    private static readonly SearchValues<char> s_oldBreaks = SearchValues.Create("\u0085\u2028\u2029");

    private readonly char[]? _standIns;

    private SourceText(string characters, char[]? standIns, ReaderOptions options)
    {
        Options = options;
        Characters = characters;
        _standIns = standIns;
    }

    public string Characters { get; }

    /// <summary>How to read it.</summary>
    public ReaderOptions Options { get; }

    /// <summary>Checks text.</summary>
    /// <returns>The text without byte order mark, or null when it was refused with a finding.</returns>
    public static SourceText? Create(string text, ReaderOptions options, DiagnosticBag findings)
    {
        var maxBytes = options.MaxBytes;
        // A character is at least one byte; only what might be too large is counted exactly.
        if (text.Length > maxBytes || (text.Length > maxBytes / 3 && Encoding.UTF8.GetByteCount(text) > maxBytes))
            return TooLarge(maxBytes, findings);
        return Accept(text.StartsWith('\uFEFF') ? text[1..] : text, options, findings);
    }

    /// <summary>Checks and decodes UTF-8.</summary>
    /// <returns>The text without byte order mark, or null when it was refused with a finding.</returns>
    public static SourceText? Create(ReadOnlySpan<byte> utf8, ReaderOptions options, DiagnosticBag findings)
    {
        if (utf8.Length > options.MaxBytes)
            return TooLarge(options.MaxBytes, findings);
        if (utf8 is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, 0, 0xFE, 0xFF, ..])
        {
            findings.Error(DiagnosticCodes.Encoding, new(1, 1), "", "the file is UTF-16 or UTF-32, not UTF-8", "save it as UTF-8");
            return null;
        }
        if (utf8 is [0xEF, 0xBB, 0xBF, ..])
            utf8 = utf8[3..];
        if (Utf8.IsValid(utf8))
            return Accept(Encoding.UTF8.GetString(utf8), options, findings);

        var valid = new char[utf8.Length];
        _ = Utf8.ToUtf16(utf8, valid, out _, out var written, replaceInvalidSequences: false);
        findings.Error(DiagnosticCodes.Encoding, PositionAt(valid, written), "", "the bytes from here on are not UTF-8", "save the file as UTF-8");
        return null;
    }

    /// <summary>A scalar's text as it was written.</summary>
    public string Restore(string text)
    {
        if (_standIns is null || !text.AsSpan().ContainsAny(_standIns))
            return text;
        return text.Replace(_standIns[0], '\u0085').Replace(_standIns[1], '\u2028').Replace(_standIns[2], '\u2029');
    }

    /// <summary>Line and column of an offset.</summary>
    public static SourcePosition PositionAt(ReadOnlySpan<char> text, int offset)
    {
        var before = text[..offset];
        var line = 1;
        var lineStart = 0;
        for (var i = before.IndexOfAny('\r', '\n'); i >= 0;)
        {
            i += before[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? 2 : 1;
            if (i > offset)
                break;
            line++;
            lineStart = i;
            var next = before[i..].IndexOfAny('\r', '\n');
            i = next < 0 ? -1 : i + next;
        }
        return new(line, offset - lineStart + 1);
    }

    private static SourceText? Accept(string characters, ReaderOptions options, DiagnosticBag findings)
    {
        if (FindForbidden(characters) is var forbidden and >= 0)
        {
            var c = characters[forbidden];
            var what = char.IsSurrogate(c) ? "half of a surrogate pair" : c == 0 ? "a NUL character" : "a control character";
            findings.Error(DiagnosticCodes.ForbiddenCharacter, PositionAt(characters, forbidden), "", $"{what} (U+{(int)c:X4}) is not allowed", "remove it, or escape it in double quotes");
            return null;
        }
        if (characters.Contains('\uFEFF', StringComparison.Ordinal))
            characters = WithoutLeadingMarks(characters);
        return characters.AsSpan().ContainsAny(s_oldBreaks) ? WithStandIns(characters, options) : new SourceText(characters, null, options);
    }

    // The parser must not see the old line breaks as breaks: three characters that the text does not use stand in for them, and Restore puts them back.
    private static SourceText WithStandIns(string characters, ReaderOptions options)
    {
        var standIns = new char[3];
        var found = 0;
        for (var candidate = '\uE000'; found < standIns.Length && candidate < '\uE020'; candidate++)
        {
            if (!characters.Contains(candidate, StringComparison.Ordinal))
                standIns[found++] = candidate;
        }
        if (found < standIns.Length)
            return new SourceText(characters, null, options); // a text made to use all of these gets YAML 1.1's reading

        return new SourceText(characters.Replace('\u0085', standIns[0]).Replace('\u2028', standIns[1]).Replace('\u2029', standIns[2]), standIns, options);
    }

    // Files that were joined keep their byte order marks; at the start of a line one would become part of a key.
    private static string WithoutLeadingMarks(string text) => text
        .Replace("\n\uFEFF", "\n", StringComparison.Ordinal)
        .Replace("\r\uFEFF", "\r", StringComparison.Ordinal);

    private static int FindForbidden(ReadOnlySpan<char> text)
    {
        for (var from = 0; ;)
        {
            var next = text[from..].IndexOfAny(s_suspects);
            if (next < 0)
                return -1;
            next += from;
            if (char.IsHighSurrogate(text[next]) && next + 1 < text.Length && char.IsLowSurrogate(text[next + 1]))
                from = next + 2;
            else
                return next;
        }
    }

    private static SourceText? TooLarge(int maxBytes, DiagnosticBag findings)
    {
        findings.Error(DiagnosticCodes.TooLarge, new(1, 1), "", $"the input is larger than {maxBytes / (1024 * 1024.0):0.##} MiB", "split it into several files");
        return null;
    }

    private static IEnumerable<char> SuspectCharacters()
    {
        for (var c = 0; c <= char.MaxValue; c++)
        {
            var isControl = c is < 0x20 and not '\t' and not '\n' and not '\r' or 0x7F or (>= 0x80 and < 0xA0 and not 0x85);
            if (isControl || char.IsSurrogate((char)c) || c is 0xFFFE or 0xFFFF)
                yield return (char)c;
        }
    }
}
