using Wegent.Tasks;

namespace Wegent.Teams;

/// <summary>
/// The leader names the member who is to answer, in a fixed form, and that member gets the user's own words. A leader that does not
/// keep to the form is asked once more, and then answers itself.
/// </summary>
internal static class RoutePlan
{
    public const string Model = "route";

    private const int MaxAsks = 2;

    public static TeamStep Next(ExecutionPlan plan, Turn turn)
    {
        var roster = new TeamRoster(plan);
        if (turn.Runs is [.., { Status: not TaskState.Completed } last])
            return TeamPlan.FailedBy(last);

        // The runs are read in order: questions to the leader until one is answered in the form, then the answer itself.
        var member = -1;
        var asks = 0;
        if (roster.Others.Any())
        {
            while (member < 0 && asks < MaxAsks)
            {
                if (asks == turn.Runs.Count)
                    return new StartRuns([new PlannedRun(roster.Leader, Ask(roster, turn.Message.Prompt, isAgain: asks > 0))]);
                member = ChoiceIn(turn.Runs[asks].Result?.Value ?? "", roster);
                asks++;
            }
        }

        return turn.Runs.Count > asks
            ? new CompleteTurn()
            : new StartRuns([new PlannedRun(member < 0 ? roster.Leader : member, turn.Message.Prompt)]);
    }

    private static int ChoiceIn(string answer, TeamRoster roster)
    {
        var name = LeaderAnswer.Find(answer, '{', value => LeaderAnswer.TextOf(value, "member") is { } named && roster.FindOther(named) >= 0 ? named : null);
        return name is null ? -1 : roster.FindOther(name);
    }

    private static string Ask(TeamRoster roster, string request, bool isAgain) =>
        $$"""
        {{(isAgain ? "Your last answer named no member of the team in the form below. Do it now, and write nothing else.\n\n" : "")}}You lead a team. Choose the one member who is best suited to answer the request below; do not answer it yourself. The members:

        {{roster.DescribeOthers()}}
        Answer with one JSON object and nothing else:
        {"member": "NAME"}

        The request:

        {{request}}
        """;
}
