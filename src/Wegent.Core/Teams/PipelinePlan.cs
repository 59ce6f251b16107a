using Wegent.Tasks;

namespace Wegent.Teams;

/// <summary>Members answer in order; each stage says by <c>contextPassing</c> what the next one gets.</summary>
internal static class PipelinePlan
{
    public const string Model = "pipeline";

    public static TeamStep Next(ExecutionPlan plan, Turn turn)
    {
        if (turn.Runs is [])
            return new StartRuns([new PlannedRun(0, turn.Message.Prompt)]);

        var last = turn.Runs[^1];
        if (last.Status != TaskState.Completed)
            return TeamPlan.FailedBy(last);

        if (last.Member >= plan.Members.Count - 1)
            return new CompleteTurn();

        return plan.Members[last.Member].RequireConfirmation
            ? new AwaitConfirmation()
            : new StartRuns([StageAfter(plan, turn)]);
    }

    /// <summary>The stage after the last completed one, with the input it is due.</summary>
    public static PlannedRun StageAfter(ExecutionPlan plan, Turn turn)
    {
        var previous = turn.Runs[^1];
        var next = previous.Member + 1;
        return new PlannedRun(next, InputOf(plan.Members[previous.Member].ContextPassing, turn.Message.Prompt, previous));
    }

    private static string InputOf(string? contextPassing, string original, Subtask previous)
    {
        var result = previous.Result?.Value ?? "";
        return contextPassing switch
        {
            "none" => "Begin.",
            "original_user" => original,
            "previous_bot" => result,
            _ => $"{original}\n\nResult of the stage before ({previous.BotName}):\n{result}",
        };
    }
}
