using System.Text;

namespace Wegent.Validation;

/// <summary>"Did you mean": the candidate nearest to what somebody wrote.</summary>
internal static class Suggestions
{
    private const int MaxLength = 80;

    /// <summary>The hint for a misspelt word, or null when nothing is near.</summary>
    public static string? DidYouMean(string given, IEnumerable<string> candidates) =>
        Nearest(given, candidates) is { } nearest ? $"did you mean '{nearest}'?" : null;

    /// <summary>The hint for a word out of a short list: the nearest, or the list.</summary>
    public static string OneOf(string given, IReadOnlyCollection<string> candidates) =>
        DidYouMean(given, candidates) ?? $"use one of: {string.Join(", ", candidates)}";

    /// <summary>The nearest candidate, or null when none is near enough to be meant.</summary>
    public static string? Nearest(string given, IEnumerable<string> candidates)
    {
        if (given.Length is 0 or > MaxLength)
            return null;
        var wanted = Normalize(given);
        string? best = null;
        var bestDistance = (wanted.Length < 3 ? 0 : Math.Max(1, wanted.Length / 3)) + 1; // of a two-letter word every other is one mistake away
        foreach (var candidate in candidates)
        {
            if (candidate.Length is 0 or > MaxLength || candidate == given)
                continue;
            var other = Normalize(candidate);
            if (Math.Abs(other.Length - wanted.Length) >= bestDistance)
                continue;
            var distance = Distance(wanted, other);
            if (distance < bestDistance)
            {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best;
    }

    /// <summary>A word of the input for a message: short, on one line, without control characters.</summary>
    public static string Quote(string text)
    {
        const int Shown = 60;
        var quoted = new StringBuilder("'");
        foreach (var rune in text.EnumerateRunes())
        {
            if (quoted.Length > Shown)
            {
                quoted.Append('…');
                break;
            }
            if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069))
                quoted.Append($"\\u{rune.Value:X4}");
            else
                quoted.Append(rune.ToString());
        }
        return quoted.Append('\'').ToString();
    }

    // snake_case, kebab-case and other capitals are spellings of the same word.
    private static string Normalize(string text)
    {
        Span<char> buffer = stackalloc char[MaxLength];
        var length = 0;
        foreach (var c in text)
        {
            if (c is not ('_' or '-'))
                buffer[length++] = char.ToLowerInvariant(c);
        }
        return buffer[..length].ToString();
    }

    // Optimal string alignment: a swap of neighbours counts as one mistake.
    private static int Distance(string a, string b)
    {
        Span<int> beforeLast = stackalloc int[MaxLength + 1];
        Span<int> last = stackalloc int[MaxLength + 1];
        Span<int> row = stackalloc int[MaxLength + 1];
        for (var j = 0; j <= b.Length; j++)
            last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1] + 1, last[j] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }
            last.CopyTo(beforeLast);
            row.CopyTo(last);
        }
        return last[b.Length];
    }
}
