using Wegent.Events;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Runtime.Storage;

/// <summary>What a trigger does to a task and its messages, in fields: the same for every store, and pure.</summary>
internal static class TaskTransitions
{
    /// <summary>The task after a trigger; null when <see cref="TaskLifecycle"/> does not allow it.</summary>
    /// <param name="row">The task as it stands.</param>
    /// <param name="trigger">What happened.</param>
    /// <param name="now">The present time.</param>
    /// <param name="failure">Why, for a failure or a retry.</param>
    /// <param name="notBefore">Earliest time of the next attempt.</param>
    public static TaskRow? Apply(TaskRow row, TaskTrigger trigger, DateTimeOffset now, Failure? failure = null, DateTimeOffset? notBefore = null)
    {
        var task = row.Task;
        if (TaskLifecycle.Next(task.Status, trigger) is not { } next)
            return null;

        var moved = task with { Status = next, NotBefore = null, UpdatedAt = now, CompletedAt = next.IsFinal() ? task.CompletedAt ?? now : null };
        moved = next switch
        {
            // What the last attempt died of stays to be seen while the next one is awaited.
            TaskState.Pending when trigger == TaskTrigger.RetryDue => moved with
            {
                NotBefore = notBefore is { } time && time > now ? StoreTime.Truncate(time) : null,
                Reason = failure?.Reason ?? task.Reason,
                ErrorMessage = failure?.Describe() ?? task.ErrorMessage,
            },
            TaskState.Pending when trigger == TaskTrigger.Confirmed => moved with { Attempt = 0, Reason = null, ErrorMessage = null },
            TaskState.Pending => moved with { Attempt = 0, Progress = 0, Reason = null, ErrorMessage = null },
            TaskState.Running => moved with { Attempt = task.Attempt + 1 },
            TaskState.Completed => moved with { Progress = 100, Reason = null, ErrorMessage = null },
            TaskState.Failed => moved with
            {
                Reason = failure?.Reason ?? task.Reason ?? FailureReason.Internal,
                ErrorMessage = failure?.Describe() ?? task.ErrorMessage ?? new Failure(FailureReason.Internal, "The run failed without saying why").Describe(),
            },
            TaskState.Cancelled or TaskState.PendingConfirmation => moved with { Reason = null, ErrorMessage = null },
            _ => moved,
        };
        return row with
        {
            Task = moved,
            ReadyAt = next == TaskState.Pending ? moved.NotBefore ?? now : null,
            LeaseNode = next.HoldsSlot() ? row.LeaseNode : null,
            LeaseUntil = next.HoldsSlot() ? row.LeaseUntil : null,
        };
    }

    /// <summary>The <c>task:status</c> entry for a task as it stands.</summary>
    public static TaskStatusChanged StatusOf(AgentTask task) => new()
    {
        TaskId = task.Id,
        Status = task.Status,
        Progress = task.Progress,
        Reason = task.Reason,
        ErrorMessage = task.ErrorMessage,
        CompletedAt = task.CompletedAt,
    };

    /// <summary>The <c>chat:message</c> entry for a user's message.</summary>
    public static ChatMessage MessageOf(Subtask message) => new()
    {
        SubtaskId = message.Id,
        MessageId = message.MessageId,
        Role = message.Role,
        Content = message.Prompt,
        Sender = message.Sender,
        CreatedAt = message.CreatedAt,
    };

    /// <summary>A message after a change; the same instance when the change is late or doubled news.</summary>
    public static Subtask Apply(Subtask subtask, SubtaskChange change, DateTimeOffset now)
    {
        if (change.Status is TaskState.Cancelling or TaskState.PendingConfirmation or TaskState.Delete)
            throw new ArgumentException($"{change.Status} is a state of tasks, not of messages.", nameof(change));

        var attempt = change.Attempt ?? subtask.Attempt;
        var isNewAttempt = attempt > subtask.Attempt;
        if (attempt < subtask.Attempt || (!isNewAttempt && subtask.Status.IsFinal() && change.Status is not null))
            return subtask;

        if (isNewAttempt)
            subtask = subtask with { Attempt = attempt, CoveredLine = -1, Result = null, Reason = null, ErrorMessage = null };

        var status = change.Status ?? (isNewAttempt && subtask.Status.IsFinal() ? TaskState.Pending : subtask.Status);
        return subtask with
        {
            Status = status,
            CompletedAt = status.IsFinal() ? subtask.CompletedAt ?? now : null,
            CoveredLine = Math.Max(subtask.CoveredLine, change.CoveredLine ?? -1),
            SessionId = change.SessionId ?? subtask.SessionId,
            Result = change.Result ?? subtask.Result,
            Reason = change.Failure?.Reason ?? subtask.Reason,
            ErrorMessage = change.Failure?.Describe() ?? subtask.ErrorMessage,
        };
    }

    /// <summary>A run that is to be made once more. Its session stays: the agent may go on from it.</summary>
    public static Subtask Reopen(Subtask run) =>
        run with { Status = TaskState.Pending, CompletedAt = null, Result = null, Reason = null, ErrorMessage = null };

    /// <summary>A run that is no longer wanted.</summary>
    public static Subtask Cancel(Subtask run, DateTimeOffset now) =>
        run with { Status = TaskState.Cancelled, CompletedAt = now };
}
