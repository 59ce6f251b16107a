using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.TestKit.Storage;

/// <summary>That a store moves tasks as <see cref="TaskLifecycle"/> says, for every state and every trigger, and in no other way.</summary>
public abstract class LifecycleContract : StoreContract
{
    private static readonly TaskTrigger[] s_wishes =
        [TaskTrigger.CancelRequested, TaskTrigger.MessageReceived, TaskTrigger.Confirmed, TaskTrigger.Accepted, TaskTrigger.Deleted];

    /// <summary>Every state with every trigger.</summary>
    public static TheoryData<TaskState, TaskTrigger> Pairs
    {
        get
        {
            var pairs = new TheoryData<TaskState, TaskTrigger>();
            foreach (var state in Enum.GetValues<TaskState>())
            {
                foreach (var trigger in Enum.GetValues<TaskTrigger>())
                    pairs.Add(state, trigger);
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_wish_moves_a_task_as_the_table_says(TaskState state, TaskTrigger trigger)
    {
        var (task, _) = await ReachAsync(state);
        var statesBefore = await ReadStatesAsync(task.Id);
        if (!s_wishes.Contains(trigger))
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await Tasks.MoveAsync(new(task.Id, trigger), Ct));
            Assert.Equal(statesBefore, await ReadStatesAsync(task.Id));
            return;
        }

        if (state == TaskState.Delete)
        {
            var missing = await Assert.ThrowsAsync<NotFoundException>(async () => await Tasks.MoveAsync(new(task.Id, trigger), Ct));
            Assert.Equal("task.not_found", missing.Code);
            Assert.Equal(statesBefore, await ReadStatesAsync(task.Id));
            return;
        }

        var moved = await Tasks.MoveAsync(new(task.Id, trigger), Ct);

        var next = TaskLifecycle.Next(state, trigger);
        Assert.Equal(next is not null, moved.Moved);
        Assert.Equal(next ?? state, moved.Task.Status);
        Assert.Equal(next is { } known ? [.. statesBefore, known] : statesBefore, await ReadStatesAsync(task.Id));
        AssertConsistent(moved.Task);
        Assert.Equal(moved.Task.Status == TaskState.Delete ? null : moved.Task.Status, (await Tasks.FindAsync(task.Id, Ct))?.Status);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_runner_moves_a_task_as_the_table_says_while_its_lease_counts(TaskState state, TaskTrigger trigger)
    {
        var (task, held) = await ReachAsync(state);
        var lease = held ?? new RunLease(task.Id, "node-1", 0, Now.AddMinutes(1));
        var statesBefore = await ReadStatesAsync(task.Id);
        var commit = new RunCommit { Move = new(trigger, new(FailureReason.AgentCrashed, "It crashed")), Progress = 55 };
        if (!state.HoldsSlot())
        {
            await Assert.ThrowsAsync<LeaseLostException>(async () => await Runs.CommitAsync(lease, commit, Ct));
            Assert.Equal(statesBefore, await ReadStatesAsync(task.Id));
            return;
        }

        if (TaskLifecycle.Next(state, trigger) is not { } next)
        {
            var refused = await Assert.ThrowsAsync<ConflictException>(async () => await Runs.CommitAsync(lease, commit, Ct));
            Assert.Equal("task.conflict", refused.Code);
            Assert.Equal(task.Progress, (await GetAsync(task.Id)).Progress);
            Assert.Equal(statesBefore, await ReadStatesAsync(task.Id));
            return;
        }

        var moved = await Runs.CommitAsync(lease, commit, Ct);

        Assert.Equal(next, moved.Status);
        Assert.Equal([.. statesBefore, next], await ReadStatesAsync(task.Id));
        AssertConsistent(moved);
        if (!next.HoldsSlot())
            await Assert.ThrowsAsync<LeaseLostException>(async () => await Runs.RenewAsync(lease, Now.AddMinutes(1), Ct));
    }

    private static void AssertConsistent(AgentTask task)
    {
        Assert.Equal(task.Status.IsFinal(), task.CompletedAt is not null);
        if (task.Status == TaskState.Failed)
            Assert.NotNull(task.Reason);
        if (task.Status == TaskState.Completed)
            Assert.Equal(100, task.Progress);
    }
}
