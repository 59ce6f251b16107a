using Wegent.Tasks;

namespace Wegent.Teams;

/// <summary>Decides what a team does next, from what is stored alone: after a restart the same question gives the same answer.</summary>
public static class TeamPlan
{
    /// <summary>The collaboration models that can be run.</summary>
    public static IReadOnlyList<string> Models { get; } = [SoloPlan.Model, PipelinePlan.Model, RoutePlan.Model, CoordinatePlan.Model, CollaboratePlan.Model];

    /// <summary>The next step of a turn. No run of it is under way when this is asked.</summary>
    public static TeamStep Next(ExecutionPlan plan, Turn turn)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(turn);

        // The rules that hold for every model: what is planned gets started first, and a cancelled run ends the turn.
        Subtask[] open = [.. turn.Runs.Where(run => !run.Status.IsFinal())];
        if (open.Length > 0)
            return new ResumeRuns(open);

        return plan.CollaborationModel switch
        {
            SoloPlan.Model => SoloPlan.Next(plan, turn),
            PipelinePlan.Model => PipelinePlan.Next(plan, turn),
            RoutePlan.Model => RoutePlan.Next(plan, turn),
            CoordinatePlan.Model => CoordinatePlan.Next(plan, turn),
            CollaboratePlan.Model => CollaboratePlan.Next(plan, turn),
            _ => new FailTurn(new Failure(FailureReason.Misconfigured, $"Team '{plan.TeamName}' has collaborationModel '{plan.CollaborationModel}', which this version does not run; it runs {string.Join(", ", Models)}")),
        };
    }

    /// <summary>The run that follows a confirmed stage of a pipeline; null when there is none.</summary>
    public static PlannedRun? AfterConfirmation(ExecutionPlan plan, Turn turn)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(turn);
        return plan.CollaborationModel == PipelinePlan.Model && turn.Runs is [.., { Status: TaskState.Completed } last] && last.Member < plan.Members.Count - 1
            ? PipelinePlan.StageAfter(plan, turn)
            : null;
    }

    /// <summary>How far a turn is when a run of it has ended, 0 to 99: an estimate, where what remains depends on what is said.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="run">The run that ended; one of the turn's.</param>
    public static int ProgressAfter(ExecutionPlan plan, Turn turn, Subtask run)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(turn);
        ArgumentNullException.ThrowIfNull(run);
        var members = plan.Members.Count;
        var done = run.MessageId - turn.Message.MessageId;
        var (ended, expected) = plan.CollaborationModel switch
        {
            PipelinePlan.Model => (run.Member + 1, members), // a stage may be run again
            RoutePlan.Model => (done, 2),
            CoordinatePlan.Model => (done, members + 1),
            CollaboratePlan.Model => (done, (members * plan.MaxRounds) + 1),
            _ => (done, 1),
        };
        return Math.Clamp(ended * 100 / expected, 0, 99);
    }

    /// <summary>A failed or cancelled run as the end of its turn.</summary>
    internal static FailTurn FailedBy(Subtask run) => run.Status == TaskState.Cancelled
        ? new(new Failure(FailureReason.Cancelled, "Stopped on request"))
        : new(new Failure(run.Reason ?? FailureReason.Internal, run.ErrorMessage ?? $"Bot '{run.BotName}' failed"));
}
