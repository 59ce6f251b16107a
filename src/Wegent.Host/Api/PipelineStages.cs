using Wegent.Tasks;
using Wegent.Teams;

namespace Wegent.Hosting.Api;

/// <summary>GET <c>/api/v1/tasks/{task}/pipeline-stage-info</c>: where the present turn of a pipeline stands.</summary>
/// <param name="CurrentStage">Index of the stage that is under way, waits for a person, or came last.</param>
/// <param name="TotalStages">How many stages there are; 0 when the team is no pipeline.</param>
/// <param name="CurrentStageName">Name of its bot; null when the team is no pipeline.</param>
/// <param name="IsPendingConfirmation">Whether a person has to confirm it.</param>
/// <param name="Stages">All of them, in order.</param>
internal sealed record PipelineStages(int CurrentStage, int TotalStages, string? CurrentStageName, bool IsPendingConfirmation, IReadOnlyList<PipelineStage> Stages)
{
    public static PipelineStages Of(AgentTask task, IReadOnlyList<Subtask> messages)
    {
        if (task.Plan.CollaborationModel != "pipeline")
            return new(0, 0, null, IsPendingConfirmation: false, []);

        var runs = Turn.Last(messages).Runs;
        var current = runs is [.., { Member: var member }] ? member : 0;
        var isWaiting = task.Status == TaskState.PendingConfirmation;
        var stages = task.Plan.Members.Select((planned, index) => new PipelineStage(index, planned.BotName, planned.RequireConfirmation, StatusOf(index)));
        return new(current, task.Plan.Members.Count, task.Plan.Members[current].BotName, isWaiting, [.. stages]);

        string StatusOf(int index) => isWaiting && index == current
            ? "pending_confirmation"
            : runs.LastOrDefault(run => run.Member == index)?.Status switch
            {
                null or TaskState.Pending => "pending",
                TaskState.Completed => "completed",
                TaskState.Failed => "failed",
                TaskState.Cancelled => "cancelled",
                _ => "running",
            };
    }
}

/// <summary>One stage of a pipeline.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Name">Name of its bot.</param>
/// <param name="RequireConfirmation">Whether a person confirms it.</param>
/// <param name="Status"><c>pending</c>, <c>running</c>, <c>completed</c>, <c>failed</c>, <c>cancelled</c> or <c>pending_confirmation</c>.</param>
internal sealed record PipelineStage(int Index, string Name, bool RequireConfirmation, string Status);
