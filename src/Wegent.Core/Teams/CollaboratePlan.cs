using Wegent.Tasks;

namespace Wegent.Teams;

/// <summary>
/// Members talk in rounds, in the team's order, each hearing what was said before. It ends when a whole round passes, when somebody
/// declares the result, or after the last round; then the leader sums up.
/// </summary>
/// <remarks>A member that fails is not asked again in this turn, and the others hear of it; without the leader, or with nobody else left, the turn fails.</remarks>
internal static class CollaboratePlan
{
    public const string Model = "collaborate";

    private const string PassWord = "PASS";
    private const string ResultWord = "RESULT:";

    public static TeamStep Next(ExecutionPlan plan, Turn turn)
    {
        var roster = new TeamRoster(plan);
        if (turn.Runs.FirstOrDefault(run => run.Status == TaskState.Cancelled) is { } cancelled)
            return TeamPlan.FailedBy(cancelled);
        if (turn.Runs.FirstOrDefault(run => run.Status == TaskState.Failed && run.Member == roster.Leader) is { } failed)
            return TeamPlan.FailedBy(failed);
        if (plan.Members.Count == 1)
            return turn.Runs.Count > 0 ? new CompleteTurn() : new StartRuns([new PlannedRun(0, turn.Message.Prompt)]);

        // The runs are read in order, as the rounds had them; whoever is next and has not spoken is asked.
        var said = new Transcript();
        var fallen = new HashSet<int>();
        var at = 0;
        for (var round = 1; round <= plan.MaxRounds; round++)
        {
            var passes = 0;
            for (var member = 0; member < plan.Members.Count; member++)
            {
                if (fallen.Contains(member))
                {
                    passes++;
                    continue;
                }

                if (at == turn.Runs.Count)
                    return new StartRuns([new PlannedRun(member, Ask(plan, roster, turn.Message.Prompt, member, round, said))]);

                var run = turn.Runs[at++];
                var words = run.Result?.Value ?? "";
                if (run.Status == TaskState.Failed)
                {
                    fallen.Add(member);
                    passes++;
                    said.Add(roster.NameOf(member), "[failed, and takes no further part]");
                    if (fallen.Count == plan.Members.Count - 1)
                        return TeamPlan.FailedBy(run);
                }
                else if (IsPass(words))
                {
                    passes++;
                }
                else if (DeclaresResult(words))
                {
                    said.Add(roster.NameOf(member), words);
                    return member == roster.Leader ? new CompleteTurn() : SumUp(roster, turn, said, at);
                }
                else
                {
                    said.Add(roster.NameOf(member), words);
                }
            }

            if (passes == plan.Members.Count)
                break;
        }

        return SumUp(roster, turn, said, at);
    }

    private static TeamStep SumUp(TeamRoster roster, Turn turn, Transcript said, int at) => turn.Runs.Count > at
        ? new CompleteTurn()
        : new StartRuns([new PlannedRun(roster.Leader, $"""
            Your team has talked about the request below. Sum up: write the answer that the user gets, from what was said.

            The request:

            {turn.Message.Prompt}

            What was said:

            {said}
            """)]);

    private static string Ask(ExecutionPlan plan, TeamRoster roster, string request, int member, int round, Transcript said)
    {
        var others = string.Join(", ", Enumerable.Range(0, plan.Members.Count).Where(other => other != member).Select(roster.NameOf));
        var heard = said.ToString();
        return $"""
            You work on the request below together with {others}. You are {roster.NameOf(member)}; everybody speaks in turn, and this is round
            {round} of at most {plan.MaxRounds}. Add what is new or what you disagree with; do not repeat what was said.
            If you have nothing to add, answer with the one word {PassWord}.
            If the team has its result, begin your answer with {ResultWord} and state it.

            The request:

            {request}

            {(heard.Length == 0 ? "Nobody has spoken yet." : $"What was said so far:\n\n{heard}")}
            """;
    }

    private static bool IsPass(string words) => words.AsSpan().Trim(" \t\r\n*_`\"'.!").Equals(PassWord, StringComparison.OrdinalIgnoreCase);

    private static bool DeclaresResult(string words) => words.AsSpan().TrimStart(" \t\r\n*_#").StartsWith(ResultWord, StringComparison.OrdinalIgnoreCase);
}
