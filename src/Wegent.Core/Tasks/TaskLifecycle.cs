namespace Wegent.Tasks;

/// <summary>What can happen to a task.</summary>
public enum TaskTrigger
{
    /// <summary>A runner took the lease.</summary>
    Claimed,

    /// <summary>The last run of the turn ended well.</summary>
    Completed,

    /// <summary>The turn cannot go on.</summary>
    Faulted,

    /// <summary>The run failed in a way worth another attempt, or its runner shut down: back to the queue.</summary>
    RetryDue,

    /// <summary>A user asked to stop.</summary>
    CancelRequested,

    /// <summary>The agent has stopped after a cancel.</summary>
    CancelConfirmed,

    /// <summary>A pipeline stage that asks for confirmation is done.</summary>
    ConfirmationNeeded,

    /// <summary>A person let the pipeline go on, or asked for the stage again.</summary>
    Confirmed,

    /// <summary>A person ended the pipeline where it stands.</summary>
    Accepted,

    /// <summary>A new user message, or a retry of what failed.</summary>
    MessageReceived,

    /// <summary>A user deleted the task.</summary>
    Deleted,
}

/// <summary>The one transition table of a task. Stores apply it with a guarded update; nothing else moves a task.</summary>
public static class TaskLifecycle
{
    /// <summary>The state that follows, or null when the trigger is not allowed there: late, doubled or reordered news changes nothing.</summary>
    public static TaskState? Next(TaskState state, TaskTrigger trigger) => (state, trigger) switch
    {
        (TaskState.Delete, _) => null,
        (_, TaskTrigger.Deleted) => TaskState.Delete,

        (TaskState.Pending, TaskTrigger.Claimed) => TaskState.Running,
        (TaskState.Pending, TaskTrigger.CancelRequested) => TaskState.Cancelled,
        (TaskState.Pending, TaskTrigger.Faulted) => TaskState.Failed,

        (TaskState.Running, TaskTrigger.Completed) => TaskState.Completed,
        (TaskState.Running, TaskTrigger.Faulted) => TaskState.Failed,
        (TaskState.Running, TaskTrigger.RetryDue) => TaskState.Pending,
        (TaskState.Running, TaskTrigger.CancelRequested) => TaskState.Cancelling,
        (TaskState.Running, TaskTrigger.ConfirmationNeeded) => TaskState.PendingConfirmation,

        // A result that won the race against the cancel is kept; a failure after it is what the cancel caused.
        (TaskState.Cancelling, TaskTrigger.Completed) => TaskState.Completed,
        (TaskState.Cancelling, TaskTrigger.CancelConfirmed or TaskTrigger.Faulted or TaskTrigger.RetryDue or TaskTrigger.ConfirmationNeeded) => TaskState.Cancelled,

        (TaskState.PendingConfirmation, TaskTrigger.Confirmed) => TaskState.Pending,
        (TaskState.PendingConfirmation, TaskTrigger.Accepted) => TaskState.Completed,
        (TaskState.PendingConfirmation, TaskTrigger.CancelRequested) => TaskState.Cancelled,

        (TaskState.Completed or TaskState.Failed or TaskState.Cancelled, TaskTrigger.MessageReceived) => TaskState.Pending,
        _ => null,
    };
}
