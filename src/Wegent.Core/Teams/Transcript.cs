using System.Text;

namespace Wegent.Teams;

/// <summary>What members said, as the next one is told it: within a bound, the newest kept whole where it can be.</summary>
internal sealed class Transcript
{
    private const int MaxEntry = 32 * 1024; // UTF-16 code units
    private const int MaxLength = 128 * 1024;

    private readonly List<string> _entries = [];

    /// <summary>Adds what somebody said.</summary>
    public void Add(string who, string words) => _entries.Add($"{who}:\n{Shorten(words)}\n");

    /// <summary>The entries, oldest first; what does not fit is left out at the start, and said so.</summary>
    public override string ToString()
    {
        var first = _entries.Count;
        for (var length = 0; first > 0 && (length += _entries[first - 1].Length) <= MaxLength; first--)
        {
        }

        var text = new StringBuilder(first > 0 ? $"[{first} earlier contributions are left out.]\n\n" : "");
        return text.AppendJoin('\n', _entries.Skip(first)).ToString();
    }

    /// <summary>A text within the bound of one entry.</summary>
    public static string Shorten(string words)
    {
        words = words.Trim();
        if (words.Length <= MaxEntry)
            return words;
        var cut = char.IsHighSurrogate(words[MaxEntry - 1]) ? MaxEntry - 1 : MaxEntry;
        return $"{words.AsSpan(0, cut)}\n[{words.Length - cut} more characters are left out.]";
    }
}
