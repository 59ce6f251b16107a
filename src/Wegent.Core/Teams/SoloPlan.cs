using Wegent.Tasks;

namespace Wegent.Teams;

/// <summary>One member answers: the leader, else the first.</summary>
internal static class SoloPlan
{
    public const string Model = "solo";

    public static TeamStep Next(ExecutionPlan plan, Turn turn) => turn.Runs switch
    {
        [] => new StartRuns([new PlannedRun(LeaderOf(plan), turn.Message.Prompt)]),
        [.., { Status: TaskState.Completed }] => new CompleteTurn(),
        [.., var last] => TeamPlan.FailedBy(last),
    };

    private static int LeaderOf(ExecutionPlan plan)
    {
        for (var i = 0; i < plan.Members.Count; i++)
        {
            if (string.Equals(plan.Members[i].Role, "leader", StringComparison.OrdinalIgnoreCase))
                return i;
        }

        return 0;
    }
}
