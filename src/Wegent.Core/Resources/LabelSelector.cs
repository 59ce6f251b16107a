using System.Text.RegularExpressions;

namespace Wegent.Resources;

/// <summary>Which labels a resource must have, in the language of Kubernetes: <c>app=web,tier!=db,env in (dev,test),region notin (eu),gpu,!legacy</c>.</summary>
/// <remarks>All parts must hold. <c>!=</c> and <c>notin</c> hold too where the label is not there.</remarks>
public sealed partial class LabelSelector
{
    private readonly IReadOnlyList<Requirement> _requirements;

    private LabelSelector(IReadOnlyList<Requirement> requirements) => _requirements = requirements;

    /// <summary>The selector that every resource fits.</summary>
    public static LabelSelector Everything { get; } = new([]);

    /// <summary>Whether every resource fits.</summary>
    public bool IsEverything => _requirements.Count == 0;

    /// <summary>Reads a selector.</summary>
    /// <param name="text">The selector; null or empty is <see cref="Everything"/>.</param>
    /// <exception cref="WegentException"><c>list.bad_selector</c>: it is none; the message says where.</exception>
    public static LabelSelector Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Everything;

        var requirements = new List<Requirement>();
        var at = 0;
        while (true)
        {
            var part = Part().Match(text, at);
            if (!part.Success)
                throw new WegentException("list.bad_selector", $"The label selector cannot be read from '{text[at..]}' on. Write it as app=web,tier!=db,env in (dev,test),gpu,!legacy.");
            requirements.Add(RequirementOf(part));
            at = part.Index + part.Length;
            if (at == text.Length)
                return new LabelSelector(requirements);
            at++; // the comma
        }
    }

    /// <summary>Whether labels fit.</summary>
    /// <param name="labels">The labels; null when there are none.</param>
    public bool Fits(IReadOnlyDictionary<string, string>? labels) => _requirements.All(requirement => requirement.Holds(labels));

    private static Requirement RequirementOf(Match part)
    {
        var key = part.Groups["key"].Value;
        if (part.Groups["not"].Success)
            return new Requirement(key, [], IsNegated: true, AnyValue: true);
        if (part.Groups["set"].Success)
            return new Requirement(key, [.. part.Groups["values"].Value.Split(',', StringSplitOptions.TrimEntries)], part.Groups["set"].Value == "notin", AnyValue: false);
        if (part.Groups["operator"].Success)
            return new Requirement(key, [part.Groups["value"].Value.Trim()], part.Groups["operator"].Value == "!=", AnyValue: false);
        return new Requirement(key, [], IsNegated: false, AnyValue: true);
    }

    // After "!" a name alone; else a name with a set of values, with a value, or alone.
    [GeneratedRegex(
        @"\G\s*(?:(?<not>!)\s*(?<key>[A-Za-z0-9][A-Za-z0-9._/-]*)\s*|(?<key>[A-Za-z0-9][A-Za-z0-9._/-]*)(?:\s+(?<set>in|notin)\s*\((?<values>[^()]*)\)\s*|\s*(?<operator>==|=|!=)(?<value>[^,()!=]*)|\s*))(?=,|$)",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Part();

    private sealed record Requirement(string Key, IReadOnlyList<string> Values, bool IsNegated, bool AnyValue)
    {
        public bool Holds(IReadOnlyDictionary<string, string>? labels) =>
            IsNegated != (labels is not null && labels.TryGetValue(Key, out var value) && (AnyValue || Values.Contains(value, StringComparer.Ordinal)));
    }
}
