using Wegent.Events;
using Wegent.Tasks;

namespace Wegent.Storage;

/// <summary>Tasks and their messages, as their users see and change them. Implementations pass <c>TaskStoreContract</c> of the TestKit.</summary>
/// <remarks>Every change of a task's state also writes its <c>task:status</c> entry to the run log, in the same transaction.</remarks>
public interface ITaskStore
{
    /// <summary>Accepts a task, in one transaction: task, user message, first log entries. A known idempotency key gives the task it made.</summary>
    /// <exception cref="ConflictException"><c>task.exists</c>: the name is taken; <c>idempotency.mismatch</c>: the key was used with another request.</exception>
    ValueTask<TurnAccepted> CreateAsync(NewTask task, CancellationToken cancellationToken);

    /// <summary>Accepts a further message of a task whose last turn has ended. A known idempotency key gives the message it made, whatever the task does now.</summary>
    /// <exception cref="NotFoundException"><c>task.not_found</c>.</exception>
    /// <exception cref="ConflictException"><c>task.conflict</c>: a turn is under way, or waits for a confirmation; <c>idempotency.mismatch</c>: the key was used with another message.</exception>
    ValueTask<TurnAccepted> AddTurnAsync(NewTurn turn, CancellationToken cancellationToken);

    /// <summary>Moves a task by a user's wish (cancel, retry, confirm, accept, delete), and says how it stands then.</summary>
    /// <remarks>
    /// A cancel of a waiting task also cancels its open messages. A retry and a confirmation make the given run pending.
    /// A trigger that the present state does not allow changes nothing, and the task comes back as it is.
    /// A run that was streaming when it was cancelled gets its <c>chat:cancelled</c> entry before the <c>task:status</c> one.
    /// </remarks>
    /// <exception cref="NotFoundException"><c>task.not_found</c>, or <c>subtask.not_found</c> for the run to retry.</exception>
    /// <exception cref="ConflictException"><c>task.conflict</c>: the run to retry is COMPLETED. Nothing was written.</exception>
    /// <exception cref="ArgumentException">The trigger is a runner's news, not a user's wish.</exception>
    ValueTask<TaskMoved> MoveAsync(TaskMove move, CancellationToken cancellationToken);

    /// <summary>Reads a task, or null when it does not exist or is deleted.</summary>
    ValueTask<AgentTask?> FindAsync(long taskId, CancellationToken cancellationToken);

    /// <summary>Reads a task by name, or null.</summary>
    ValueTask<AgentTask?> FindByNameAsync(string owner, string namespaceName, string name, CancellationToken cancellationToken);

    /// <summary>Reads a page of tasks, newest first.</summary>
    ValueTask<IReadOnlyList<AgentTask>> ListAsync(TaskQuery query, CancellationToken cancellationToken);

    /// <summary>Reads the messages of a task with a larger message id, in order.</summary>
    ValueTask<IReadOnlyList<Subtask>> ListSubtasksAsync(long taskId, int afterMessageId, CancellationToken cancellationToken);

    /// <summary>Sets whether the sandbox is kept past its deletion delay.</summary>
    /// <exception cref="NotFoundException"><c>task.not_found</c>.</exception>
    ValueTask SetPreserveExecutorAsync(long taskId, bool preserve, CancellationToken cancellationToken);

    /// <summary>Reads the run log from a number on, at most <paramref name="limit"/> entries, in order, without a gap. A deleted task's log still reads, so that watchers learn of the end.</summary>
    ValueTask<IReadOnlyList<RecordedEvent>> ReadEventsAsync(long taskId, long afterSeq, int limit, CancellationToken cancellationToken);

    /// <summary>Reads a text kept with a task, such as its <c>diff</c>; null when there is none.</summary>
    ValueTask<string?> FindArtifactAsync(long taskId, string name, CancellationToken cancellationToken);
}

/// <summary>A task to accept.</summary>
public sealed record NewTask
{
    /// <summary>The user.</summary>
    public required string Owner { get; init; }

    /// <summary>Namespace of the Task resource.</summary>
    public required string Namespace { get; init; }

    /// <summary>Name of the Task resource; null means <c>task-{id}</c>.</summary>
    public string? Name { get; init; }

    /// <summary>A line that says what it is about.</summary>
    public required string Title { get; init; }

    /// <summary>The first message.</summary>
    public required string Prompt { get; init; }

    /// <summary>What was frozen.</summary>
    public required ExecutionPlan Plan { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Key under which the same request gives the same task for 24 h; null when none was sent.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Digest of the request that the key stands for; null when there is no key.</summary>
    public string? RequestDigest { get; init; }
}

/// <summary>A further message of a task.</summary>
public sealed record NewTurn
{
    /// <summary>The task.</summary>
    public required long TaskId { get; init; }

    /// <summary>Who writes.</summary>
    public required string Sender { get; init; }

    /// <summary>The message.</summary>
    public required string Prompt { get; init; }

    /// <summary>Key under which the same message is accepted once; null when none was sent.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>A message that was accepted.</summary>
/// <param name="Task">The task.</param>
/// <param name="Message">The user's message.</param>
/// <param name="Created">False when the idempotency key was known and nothing was written.</param>
public sealed record TurnAccepted(AgentTask Task, Subtask Message, bool Created)
{
    /// <summary>Identifier of the task.</summary>
    public long Id => Task.Id;
}

/// <summary>A user's wish about a task.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Trigger">The wish.</param>
public sealed record TaskMove(long TaskId, TaskTrigger Trigger)
{
    /// <summary>Run that becomes pending again (retry); null when none does.</summary>
    public long? RetrySubtaskId { get; init; }

    /// <summary>Run to add as pending (the next stage after a confirmation); null when there is none.</summary>
    public NewSubtask? NewSubtask { get; init; }
}

/// <summary>What a wish came to.</summary>
/// <param name="Task">The task as it stands.</param>
/// <param name="Moved">False when the state did not allow the trigger.</param>
public sealed record TaskMoved(AgentTask Task, bool Moved);

/// <summary>Which tasks to list.</summary>
public sealed record TaskQuery
{
    /// <summary>Whose; null means everybody's.</summary>
    public string? Owner { get; init; }

    /// <summary>Only in this state; null means any but deleted.</summary>
    public TaskState? Status { get; init; }

    /// <summary>Only of this team; null means any.</summary>
    public string? TeamName { get; init; }

    /// <summary>Only those whose row changed at this time or later, by <see cref="AgentTask.UpdatedAt"/>; null means any.</summary>
    public DateTimeOffset? ChangedSince { get; init; }

    /// <summary>How many at most, 1 to 1,000.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Only with a smaller id; null for the first page.</summary>
    public long? BeforeId { get; init; }

    /// <summary>Whether the page may lack what was written within the last moments, so that a copy of the store can answer. False by default.</summary>
    public bool MayLag { get; init; }
}
