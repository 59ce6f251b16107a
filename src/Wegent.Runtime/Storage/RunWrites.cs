using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Runtime.Storage;

/// <summary>What runners' writes mean, in rows: the body of each <see cref="IRunStore"/> write, run inside one transaction.</summary>
internal static class RunWrites
{
    /// <summary>See <see cref="IRunStore.ClaimAsync"/>.</summary>
    public static async ValueTask<IReadOnlyList<ClaimedTask>> ClaimAsync(ITaskRows rows, ClaimRequest request, DateTimeOffset now)
    {
        var claimed = new List<ClaimedTask>();
        if (request.Limit < 1)
            return claimed;

        var lost = await rows.ListLostAsync(now, request.TakeOverOwn ? request.Node : null, request.Limit).ConfigureAwait(false);
        foreach (var row in lost)
            claimed.Add(await TakeAsync(rows, row, request, now, adopted: true).ConfigureAwait(false));

        var room = request.Limit - claimed.Count;
        if (room > 0)
        {
            await rows.LockSlotsAsync().ConfigureAwait(false);
            room = Math.Min(room, request.MaxRunning - await rows.CountRunningAsync().ConfigureAwait(false));
        }

        if (room < 1)
            return claimed;

        foreach (var row in await rows.ListReadyAsync(now, room).ConfigureAwait(false))
            claimed.Add(await TakeAsync(rows, row, request, now, adopted: false).ConfigureAwait(false));
        return claimed;
    }

    /// <summary>See <see cref="IRunStore.RenewAsync"/>.</summary>
    public static async ValueTask<AgentTask> RenewAsync(ITaskRows rows, RunLease lease, DateTimeOffset until, DateTimeOffset now)
    {
        var edit = await HoldAsync(rows, lease, now).ConfigureAwait(false);
        edit.Set(edit.Row with { LeaseUntil = StoreTime.Truncate(until) });
        return await edit.SaveAsync().ConfigureAwait(false);
    }

    /// <summary>See <see cref="IRunStore.ReleaseAsync"/>.</summary>
    public static async ValueTask<AgentTask> ReleaseAsync(ITaskRows rows, RunLease lease, DateTimeOffset now)
    {
        var edit = await HoldAsync(rows, lease, now).ConfigureAwait(false);
        edit.Set(edit.Row with { LeaseNode = null, LeaseUntil = DateTimeOffset.UnixEpoch });
        return await edit.SaveAsync().ConfigureAwait(false);
    }

    /// <summary>See <see cref="IRunStore.AddSubtasksAsync"/>.</summary>
    public static async ValueTask<IReadOnlyList<Subtask>> AddSubtasksAsync(ITaskRows rows, RunLease lease, IReadOnlyList<NewSubtask> subtasks, DateTimeOffset now)
    {
        var edit = await HoldAsync(rows, lease, now).ConfigureAwait(false);
        var added = new List<Subtask>(subtasks.Count);
        foreach (var subtask in subtasks)
            added.Add(await edit.AddAsync(Draft(subtask)).ConfigureAwait(false));
        await edit.SaveAsync().ConfigureAwait(false);
        return added;
    }

    /// <summary>See <see cref="IRunStore.CommitAsync"/>.</summary>
    public static async ValueTask<AgentTask> CommitAsync(ITaskRows rows, RunLease lease, RunCommit commit, DateTimeOffset now)
    {
        if (commit.Progress is < 0 or > 100)
            throw new ArgumentOutOfRangeException(nameof(commit), commit.Progress, "Progress is 0 to 100.");

        var edit = await HoldAsync(rows, lease, now).ConfigureAwait(false);
        if (commit.Move is { } wanted && TaskLifecycle.Next(edit.Task.Status, wanted.Trigger) is null)
            throw new ConflictException("task.conflict", $"Task {lease.TaskId} is {edit.Task.Status.ToWire()}, which {wanted.Trigger} does not follow. Nothing was written.");

        foreach (var taskEvent in commit.Events)
            edit.Append(taskEvent);
        foreach (var change in commit.Subtasks)
            await ChangeAsync(rows, edit, change).ConfigureAwait(false);
        foreach (var (name, content) in commit.Artifacts)
            await rows.SetArtifactAsync(lease.TaskId, name, content).ConfigureAwait(false);
        if (commit.Progress is { } progress)
            edit.Set(edit.Row with { Task = edit.Task with { Progress = progress } });
        if (commit.Move is { } move)
            await edit.TryMoveAsync(move.Trigger, move.Failure, move.NotBefore).ConfigureAwait(false);
        return await edit.SaveAsync().ConfigureAwait(false);
    }

    /// <summary>A run that waits to be started.</summary>
    public static Subtask Draft(NewSubtask subtask) => new()
    {
        Id = 0,
        TaskId = 0,
        MessageId = 0,
        Role = SubtaskRole.Assistant,
        Member = subtask.Member >= 0 ? subtask.Member : throw new ArgumentOutOfRangeException(nameof(subtask), subtask.Member, "A run is of one of the plan's members."),
        BotName = subtask.BotName,
        Prompt = subtask.Prompt,
        Status = TaskState.Pending,
        CreatedAt = default,
    };

    private static async ValueTask<ClaimedTask> TakeAsync(ITaskRows rows, TaskRow row, ClaimRequest request, DateTimeOffset now, bool adopted)
    {
        var edit = new TaskEdit(rows, row, now);
        var until = StoreTime.Truncate(request.Until);
        edit.Set(row with { Task = row.Task with { Fence = row.Task.Fence + 1 }, LeaseNode = request.Node, LeaseUntil = until });
        if (!adopted)
            await edit.TryMoveAsync(TaskTrigger.Claimed).ConfigureAwait(false);
        var task = await edit.SaveAsync().ConfigureAwait(false);
        return new(task, new(task.Id, request.Node, task.Fence, until), adopted);
    }

    private static async ValueTask<TaskEdit> HoldAsync(ITaskRows rows, RunLease lease, DateTimeOffset now)
    {
        var row = await rows.FindAsync(lease.TaskId).ConfigureAwait(false);
        return row is null || !row.IsHeldBy(lease) ? throw new LeaseLostException(lease) : new TaskEdit(rows, row, now);
    }

    private static async ValueTask ChangeAsync(ITaskRows rows, TaskEdit edit, SubtaskChange change)
    {
        var subtask = await rows.FindSubtaskAsync(edit.Task.Id, change.SubtaskId).ConfigureAwait(false)
            ?? throw new NotFoundException("subtask.not_found", $"Task {edit.Task.Id} has no message {change.SubtaskId}. Nothing was written.");
        var changed = TaskTransitions.Apply(subtask, change, edit.Now);
        if (!ReferenceEquals(changed, subtask))
            await rows.UpdateSubtaskAsync(subtask, changed).ConfigureAwait(false);
    }
}
