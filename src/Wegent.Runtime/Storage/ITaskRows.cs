using Wegent.Events;
using Wegent.Tasks;

namespace Wegent.Runtime.Storage;

/// <summary>
/// The rows of tasks inside one transaction: all that a store must be able to do itself. What the rows mean is written once,
/// in <see cref="TaskWrites"/> and <see cref="RunWrites"/>, so that stores cannot disagree about it.
/// </summary>
internal interface ITaskRows
{
    /// <summary>Reads a task to change it, deleted ones too; null when there is none.</summary>
    ValueTask<TaskRow?> FindAsync(long taskId);

    /// <summary>Inserts a task and gives its id. A null <paramref name="name"/> becomes the first of <c>task-{id}</c>, <c>task-{id}-2</c> and so on that is free.</summary>
    /// <exception cref="ConflictException"><c>task.exists</c>: the name is taken.</exception>
    ValueTask<TaskRow> InsertAsync(TaskRow draft, string? name);

    /// <summary>Writes a task, if its status and fence are still those of <paramref name="before"/>.</summary>
    /// <exception cref="ConflictException"><c>task.conflict</c>: they are not.</exception>
    ValueTask UpdateAsync(TaskRow before, TaskRow after);

    /// <summary>Appends to the run log; the first entry gets <paramref name="firstSeq"/>.</summary>
    ValueTask AppendAsync(long taskId, long firstSeq, IReadOnlyList<TaskEvent> events, DateTimeOffset at);

    /// <summary>Reads a message of a task; null when it has none of that id.</summary>
    ValueTask<Subtask?> FindSubtaskAsync(long taskId, long subtaskId);

    /// <summary>Reads the bots' runs of a task that have not ended, in order.</summary>
    ValueTask<IReadOnlyList<Subtask>> ListOpenRunsAsync(long taskId);

    /// <summary>Inserts a message and gives it its id.</summary>
    ValueTask<Subtask> InsertSubtaskAsync(Subtask draft);

    /// <summary>Writes a message.</summary>
    ValueTask UpdateSubtaskAsync(Subtask before, Subtask after);

    /// <summary>Keeps a text with a task; null removes it.</summary>
    ValueTask SetArtifactAsync(long taskId, string name, string? content);

    /// <summary>Reads what an idempotency key stands for; null when it is unknown or has run out.</summary>
    ValueTask<IdempotencyEntry?> FindKeyAsync(IdempotencyKey key, DateTimeOffset now);

    /// <summary>Keeps a key, and forgets those that have run out.</summary>
    ValueTask SaveKeyAsync(IdempotencyKey key, IdempotencyEntry entry, DateTimeOffset now);

    /// <summary>Reads tasks that hold a slot under a lease that ended by <paramref name="now"/>, or that <paramref name="node"/> holds, longest ago first. It passes over those that another transaction is changing.</summary>
    ValueTask<IReadOnlyList<TaskRow>> ListLostAsync(DateTimeOffset now, string? node, int limit);

    /// <summary>Keeps other transactions from giving slots to waiting tasks until this one ends, so that what is counted stays true.</summary>
    ValueTask LockSlotsAsync();

    /// <summary>Counts the tasks that hold a slot.</summary>
    ValueTask<int> CountRunningAsync();

    /// <summary>Reads waiting tasks whose time has come, longest ago first. It passes over those that another transaction is changing.</summary>
    ValueTask<IReadOnlyList<TaskRow>> ListReadyAsync(DateTimeOffset now, int limit);
}

/// <summary>An idempotency key in its scope.</summary>
/// <param name="Owner">Who sent it.</param>
/// <param name="Scope">The task that a message was sent to; 0 for a new task.</param>
/// <param name="Key">The key.</param>
internal readonly record struct IdempotencyKey(string Owner, long Scope, string Key);

/// <summary>What an idempotency key stands for.</summary>
/// <param name="Digest">Digest of the request.</param>
/// <param name="TaskId">The task.</param>
/// <param name="SubtaskId">The message.</param>
/// <param name="ExpiresAt">When the key is forgotten.</param>
internal sealed record IdempotencyEntry(string Digest, long TaskId, long SubtaskId, DateTimeOffset ExpiresAt);
