using System.Text;

namespace Wegent.Validation;

/// <summary>Prints a finding with the line it is about and a caret below the place.</summary>
/// <remarks>
/// <code>
/// bot.yaml:4:3: warning WG0201: unknown field 'nme' (did you mean 'name'?)
///     4 |   nme: developer-bot
///       |   ^
/// </code>
/// </remarks>
public static class DiagnosticRenderer
{
    private const int MaxWidth = 120;

    /// <summary>The finding's line, then the source line and the caret where the text has that line. No line end after the last.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="text">The text of its file; null prints the finding alone.</param>
    public static string Render(Diagnostic finding, string? text)
    {
        ArgumentNullException.ThrowIfNull(finding);
        if (text is null || !TryGetLine(text, finding.Line, out var line))
            return finding.ToString();

        var column = Math.Clamp(finding.Column, 1, line.Length + 1);
        var from = column > MaxWidth * 3 / 4 ? column - (MaxWidth / 2) : 0;
        var shown = line.Slice(from, Math.Min(MaxWidth, line.Length - from));
        var number = $"{finding.Line,5} | ";

        var output = new StringBuilder(finding.ToString());
        output.Append('\n').Append(number).Append(from > 0 ? "…" : "");
        foreach (var c in shown)
            output.Append(Printable(c));
        if (from + shown.Length < line.Length)
            output.Append('…');

        output.Append('\n').Append(' ', number.Length - 2).Append("| ").Append(from > 0 ? " " : "");
        foreach (var c in line[from..(column - 1)])
            output.Append(c == '\t' ? '\t' : ' '); // a tab is as wide below as it is above
        return output.Append('^').ToString();
    }

    private static bool TryGetLine(string text, int number, out ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> rest = text.StartsWith('\uFEFF') ? text.AsSpan(1) : text;
        for (var current = 1; ; current++)
        {
            var end = rest.IndexOfAny('\r', '\n');
            line = end < 0 ? rest : rest[..end];
            if (current == number)
                return true;
            if (end < 0)
                return false;
            rest = rest[(end + (rest[end..].StartsWith("\r\n") ? 2 : 1))..];
        }
    }

    // A file must not steer the terminal that shows it.
    private static char Printable(char c) => c != '\t' && (char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069')) ? '·' : c;
}
