using System.Text.Json;
using System.Text.RegularExpressions;

namespace Wegent.Runtime.Agents.Demo;

/// <summary>What the demo agent plays where a team's way of working asks for a decision: it answers in the form it was asked for.</summary>
internal static partial class DemoLeader
{
    private const string ChoiceForm = """{"member": "NAME"}""";
    private const string ListForm = """[{"member": "NAME", "prompt": """;
    private const int LongestWord = 60;

    /// <summary>The steps; null when the prompt asks for no decision.</summary>
    public static IEnumerable<DemoStep>? For(string prompt)
    {
        string[] members = [.. Line().Matches(prompt).Select(line => line.Groups["name"].Value)];
        var request = prompt.Split("The request:\n", 2)[^1].Trim();
        if (members.Length > 0 && prompt.Contains(ChoiceForm, StringComparison.Ordinal))
            return [new DemoThought("A real leader would weigh who fits best. I take the first."), new DemoText(JsonSerializer.Serialize(new Dictionary<string, string> { ["member"] = members[0] }))];
        if (members.Length > 0 && prompt.Contains(ListForm, StringComparison.Ordinal))
            return [new DemoThought("A real leader would split this with care. I give everybody the same part."), new DemoText(JsonSerializer.Serialize(members.Select(member => new Dictionary<string, string> { ["member"] = member, ["prompt"] = $"Your part of: {request}" })))];
        if (prompt.StartsWith("Your team has", StringComparison.Ordinal))
            return [new DemoText($"My team is done. A real leader would write one answer from its results; I only name them: {string.Join(", ", Heard().Matches(prompt).Select(line => line.Groups["name"].Value).Where(name => name.Length <= LongestWord).Distinct())}.")];
        if (prompt.Contains("everybody speaks in turn, and this is round", StringComparison.Ordinal))
            return [new DemoText(prompt.Contains("Nobody has spoken yet.", StringComparison.Ordinal) ? "Let us begin with the smallest thing that can work." : "PASS")];
        return null;
    }

    [GeneratedRegex(@"^- (?<name>[^:\n]+): ", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line();

    [GeneratedRegex(@"^(Result of |Failed: )?(?<name>[A-Za-z0-9._-]+):\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Heard();
}
