using Wegent.Tasks;

namespace Wegent.Teams;

/// <summary>One member answers: the leader, else the first.</summary>
internal static class SoloPlan
{
    public const string Model = "solo";

    public static TeamStep Next(ExecutionPlan plan, Turn turn) => turn.Runs switch
    {
        [] => new StartRuns([new PlannedRun(new TeamRoster(plan).Leader, turn.Message.Prompt)]),
        [.., { Status: TaskState.Completed }] => new CompleteTurn(),
        [.., var last] => TeamPlan.FailedBy(last),
    };
}
