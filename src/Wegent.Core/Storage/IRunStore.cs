using Wegent.Events;
using Wegent.Tasks;

namespace Wegent.Storage;

/// <summary>The queue and the run log, as runners use them. Implementations pass <c>RunStoreContract</c> of the TestKit.</summary>
/// <remarks>Every write carries the run's lease and is refused with <see cref="LeaseLostException"/> when the lease is in other hands.</remarks>
public interface IRunStore
{
    /// <summary>Identifier of this store, made with it: names of sandboxes start with it, so that two stores can share an engine.</summary>
    ValueTask<string> GetStoreIdAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Claims work: first running tasks whose lease has run out (or that this node held before it restarted), then waiting ones,
    /// oldest first, while fewer than <see cref="ClaimRequest.MaxRunning"/> tasks hold a slot in the whole store. A task is as old
    /// as its readiness: since it became pending, or since the time it was put off to.
    /// </summary>
    /// <returns>The claimed tasks, each with a new fence; waiting ones are RUNNING now. Empty when there is nothing to do.</returns>
    ValueTask<IReadOnlyList<ClaimedTask>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken);

    /// <summary>Prolongs a lease and reads how the task stands.</summary>
    /// <exception cref="LeaseLostException">It is in other hands, or the task has ended.</exception>
    ValueTask<AgentTask> RenewAsync(RunLease lease, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Gives a lease back without changing the task, so that another node (or this one) can claim it at once.</summary>
    ValueTask ReleaseAsync(RunLease lease, CancellationToken cancellationToken);

    /// <summary>Adds runs to the turn, pending.</summary>
    /// <exception cref="LeaseLostException">The lease no longer counts.</exception>
    ValueTask<IReadOnlyList<Subtask>> AddSubtasksAsync(RunLease lease, IReadOnlyList<NewSubtask> subtasks, CancellationToken cancellationToken);

    /// <summary>Writes a step of a run in one transaction: log entries, messages, artifacts, and at the end the task's move.</summary>
    /// <returns>The task as it stands then.</returns>
    /// <exception cref="LeaseLostException">The lease no longer counts. Nothing was written.</exception>
    /// <exception cref="ConflictException"><c>task.conflict</c>: the lease counts, but the move does not follow from the present state. Nothing was written.</exception>
    /// <exception cref="NotFoundException"><c>subtask.not_found</c>: a change is about a message that the task does not have. Nothing was written.</exception>
    ValueTask<AgentTask> CommitAsync(RunLease lease, RunCommit commit, CancellationToken cancellationToken);

    /// <summary>When the next waiting task may start, or null when none waits for its time.</summary>
    ValueTask<DateTimeOffset?> FindNextDueAsync(CancellationToken cancellationToken);
}

/// <summary>What a node asks for when it claims.</summary>
/// <param name="Node">Who claims.</param>
/// <param name="Until">When the leases end unless renewed, UTC.</param>
/// <param name="MaxRunning">How many tasks may hold a slot in the whole store.</param>
/// <param name="Limit">How many tasks to claim at most.</param>
public sealed record ClaimRequest(string Node, DateTimeOffset Until, int MaxRunning, int Limit)
{
    /// <summary>True on the first claim after a start: leases that this node held before are free at once.</summary>
    public bool TakeOverOwn { get; init; }
}

/// <summary>A task that was claimed.</summary>
/// <param name="Task">The task.</param>
/// <param name="Lease">The right to run it.</param>
/// <param name="Adopted">Whether it was running before, under a lease that ran out.</param>
public sealed record ClaimedTask(AgentTask Task, RunLease Lease, bool Adopted);

/// <summary>A run to add to a turn.</summary>
/// <param name="Member">Index of the member.</param>
/// <param name="BotName">Its bot.</param>
/// <param name="Prompt">What it is asked.</param>
public sealed record NewSubtask(int Member, string BotName, string Prompt);

/// <summary>One step of a run.</summary>
public sealed record RunCommit
{
    /// <summary>Entries for the run log, in order; the store gives them their numbers.</summary>
    public IReadOnlyList<TaskEvent> Events { get; init; } = [];

    /// <summary>Changes of messages. Applied before <see cref="Move"/>.</summary>
    public IReadOnlyList<SubtaskChange> Subtasks { get; init; } = [];

    /// <summary>The task's move; null when it stays. Its <c>task:status</c> entry follows <see cref="Events"/>.</summary>
    public RunMove? Move { get; init; }

    /// <summary>Progress from now on, 0 to 100; null leaves it. Without a move it writes no entry.</summary>
    public int? Progress { get; init; }

    /// <summary>Texts to keep with the task, by name; a null text removes it.</summary>
    public IReadOnlyDictionary<string, string?> Artifacts { get; init; } = new Dictionary<string, string?>();
}

/// <summary>A move of a task at the end of a step. A move that ends the claim (all but none) also gives the lease back.</summary>
/// <param name="Trigger">What happened.</param>
/// <param name="Failure">Why, for a failure or a retry; null otherwise.</param>
/// <param name="NotBefore">Earliest time of the next attempt; null means at once.</param>
public sealed record RunMove(TaskTrigger Trigger, Failure? Failure = null, DateTimeOffset? NotBefore = null);

/// <summary>A change of a message. Null leaves a field as it is.</summary>
/// <param name="SubtaskId">The message.</param>
public sealed record SubtaskChange(long SubtaskId)
{
    /// <summary>Its new state. A final state is left again only with a larger <see cref="Attempt"/>.</summary>
    public TaskState? Status { get; init; }

    /// <summary>Number of the attempt that starts now.</summary>
    public int? Attempt { get; init; }

    /// <summary>Last raw line that the log covers with this step; -1 with a new attempt.</summary>
    public long? CoveredLine { get; init; }

    /// <summary>The agent's session.</summary>
    public string? SessionId { get; init; }

    /// <summary>What came of it.</summary>
    public SubtaskResult? Result { get; init; }

    /// <summary>Why it failed.</summary>
    public Failure? Failure { get; init; }
}
