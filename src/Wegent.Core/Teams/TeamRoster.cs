using System.Text;
using Wegent.Resources;
using Wegent.Tasks;

namespace Wegent.Teams;

/// <summary>Who is in a team, in the words that its leader and its members are told.</summary>
internal sealed class TeamRoster(ExecutionPlan plan)
{
    private const int LongestDescription = 300; // UTF-16 code units

    /// <summary>Index of the leader: the member of that role, else the first.</summary>
    public int Leader { get; } = LeaderOf(plan);

    /// <summary>Indices of all members but the leader, in the team's order.</summary>
    public IEnumerable<int> Others => Enumerable.Range(0, plan.Members.Count).Where(member => member != Leader);

    /// <summary>The name by which a member is spoken of.</summary>
    public string NameOf(int member) => NameOf(plan.Members[member]);

    /// <summary>The member, the leader aside, of a name; -1 when there is none. A name that only differs in case is understood.</summary>
    public int FindOther(string name)
    {
        var sought = name.Trim();
        foreach (var comparison in new[] { StringComparison.Ordinal, StringComparison.OrdinalIgnoreCase })
        {
            foreach (var member in Others)
            {
                if (string.Equals(NameOf(member), sought, comparison))
                    return member;
            }
        }

        return -1;
    }

    /// <summary>The members but the leader, a line each: name, and what they are good at.</summary>
    public string DescribeOthers()
    {
        var text = new StringBuilder();
        foreach (var member in Others)
            text.Append("- ").Append(NameOf(member)).Append(": ").Append(DescriptionOf(plan.Members[member])).Append('\n');
        return text.ToString();
    }

    private static string NameOf(PlannedMember member) => member.Name ?? member.BotName;

    // Where nothing is said of a member, the first line of its own instructions says what it is.
    private static string DescriptionOf(PlannedMember member)
    {
        var text = (string.IsNullOrWhiteSpace(member.Capability) ? member.SystemPrompt.TrimStart().Split('\n', 2)[0] : member.Capability.ReplaceLineEndings(" ")).Trim();
        return text.Length == 0 ? member.Role ?? "a member of the team"
            : text.Length <= LongestDescription ? text
            : $"{text.AsSpan(0, LongestDescription - 1)}…";
    }

    private static int LeaderOf(ExecutionPlan plan)
    {
        for (var i = 0; i < plan.Members.Count; i++)
        {
            if (string.Equals(plan.Members[i].Role, TeamMember.LeaderRole, StringComparison.OrdinalIgnoreCase))
                return i;
        }

        return 0;
    }
}
