using System.Collections.Concurrent;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.TestKit.Storage;

/// <summary>The promises of <see cref="IRunStore"/> about claims and leases; <see cref="RunCommitContract"/> has those about a run's steps.</summary>
public abstract class RunStoreContract : StoreContract
{
    [Fact]
    public async Task A_claim_runs_a_waiting_task_under_a_lease()
    {
        var created = await CreateAsync();
        Clock.Advance(TimeSpan.FromSeconds(2));

        var claimed = await ClaimOneAsync();

        Assert.False(claimed.Adopted);
        Assert.Equal(new RunLease(created.Id, "node-1", 1, Now.AddMinutes(1)), claimed.Lease);
        Assert.Equal((created.Id, TaskState.Running, 1, 1L, 4L), (claimed.Task.Id, claimed.Task.Status, claimed.Task.Attempt, claimed.Task.Fence, claimed.Task.LastSeq));
        Assert.Equal([TaskState.Pending, TaskState.Running], await ReadStatesAsync(created.Id));
        Assert.Empty(await Runs.ClaimAsync(Claim("node-2"), Ct));
    }

    [Fact]
    public async Task Waiting_tasks_are_claimed_oldest_first_up_to_the_limit()
    {
        var ids = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((await CreateAsync()).Id);
            Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        var first = await Runs.ClaimAsync(Claim(limit: 2), Ct);
        var rest = await Runs.ClaimAsync(Claim(limit: 10), Ct);

        Assert.Equal(ids[..2], first.Select(static claimed => claimed.Task.Id));
        Assert.Equal(ids[2..], rest.Select(static claimed => claimed.Task.Id));
        Assert.Empty(await Runs.ClaimAsync(Claim(limit: 0), Ct));
    }

    [Fact]
    public async Task A_task_that_waits_again_stands_behind_those_that_waited_longer()
    {
        var first = await StartAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await CreateAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));
        await CommitAsync(first.Lease, TaskTrigger.RetryDue);

        var claimed = await Runs.ClaimAsync(Claim(), Ct);

        Assert.Equal([second.Id, first.Task.Id], claimed.Select(static one => one.Task.Id));
        Assert.Equal([1, 2], claimed.Select(static one => one.Task.Attempt));
        Assert.Equal([1L, 2L], claimed.Select(static one => one.Lease.Fence));
    }

    [Fact]
    public async Task No_more_tasks_hold_a_slot_than_may()
    {
        for (var i = 0; i < 6; i++)
            await CreateAsync();

        var first = await Runs.ClaimAsync(Claim("node-1", maxRunning: 3), Ct);
        var none = await Runs.ClaimAsync(Claim("node-2", maxRunning: 3), Ct);
        await Tasks.MoveAsync(new(first[0].Task.Id, TaskTrigger.CancelRequested), Ct);
        var stillNone = await Runs.ClaimAsync(Claim("node-2", maxRunning: 3), Ct);
        await CommitAsync(first[0].Lease, TaskTrigger.CancelConfirmed);
        await CommitAsync(first[1].Lease, TaskTrigger.Completed);
        var two = await Runs.ClaimAsync(Claim("node-2", maxRunning: 3), Ct);

        Assert.Equal((3, 0, 0, 2), (first.Count, none.Count, stillNone.Count, two.Count));
    }

    [Theory]
    [InlineData(TaskState.Running)]
    [InlineData(TaskState.Cancelling)]
    public async Task A_task_whose_lease_ran_out_is_adopted_with_a_new_fence_and_without_a_log_entry(TaskState state)
    {
        var (task, lease) = await ReachAsync(state);
        Clock.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromMilliseconds(1));
        var early = await Runs.ClaimAsync(Claim("node-2"), Ct);
        Clock.Advance(TimeSpan.FromMilliseconds(1));

        var adopted = await ClaimOneAsync("node-2");

        Assert.Empty(early);
        Assert.True(adopted.Adopted);
        Assert.Equal((task.Id, state, task.Attempt, 2L, task.LastSeq), (adopted.Task.Id, adopted.Task.Status, adopted.Task.Attempt, adopted.Task.Fence, adopted.Task.LastSeq));
        Assert.Equal("node-2", adopted.Lease.Node);
        await Assert.ThrowsAsync<LeaseLostException>(async () => await Runs.RenewAsync(lease!, Now.AddMinutes(1), Ct));
        await Runs.RenewAsync(adopted.Lease, Now.AddMinutes(1), Ct);
    }

    [Fact]
    public async Task Adoption_comes_first_and_needs_no_free_slot()
    {
        var running = await StartAsync();
        await CreateAsync();
        Clock.Advance(TimeSpan.FromMinutes(2));

        var one = Assert.Single(await Runs.ClaimAsync(Claim("node-2", maxRunning: 1), Ct));
        var limited = await Runs.ClaimAsync(Claim("node-2", maxRunning: 5, limit: 1), Ct);

        Assert.Equal((running.Task.Id, true), (one.Task.Id, one.Adopted));
        Assert.False(Assert.Single(limited).Adopted);
    }

    [Fact]
    public async Task A_node_takes_its_own_leases_over_when_it_starts_again()
    {
        var mine = await StartAsync();
        await CreateAsync();
        var others = await ClaimOneAsync("node-2");

        var taken = Assert.Single(await Runs.ClaimAsync(Claim("node-1") with { TakeOverOwn = true }, Ct));

        Assert.Equal((mine.Task.Id, true, 2L), (taken.Task.Id, taken.Adopted, taken.Lease.Fence));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await Runs.RenewAsync(mine.Lease, Now.AddMinutes(1), Ct));
        await Runs.RenewAsync(others.Lease, Now.AddMinutes(1), Ct);
    }

    [Fact]
    public async Task A_lease_that_was_given_back_can_be_claimed_at_once_and_counts_no_more()
    {
        var claimed = await StartAsync();

        await Runs.ReleaseAsync(claimed.Lease, Ct);

        Assert.Equal((TaskState.Running, claimed.Task.LastSeq), await StandAsync(claimed.Task.Id));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await Runs.RenewAsync(claimed.Lease, Now.AddMinutes(1), Ct));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await Runs.ReleaseAsync(claimed.Lease, Ct));
        var adopted = await ClaimOneAsync("node-2");
        Assert.True(adopted.Adopted);
    }

    [Fact]
    public async Task A_lease_that_is_renewed_is_not_adopted()
    {
        var claimed = await StartAsync();
        Clock.Advance(TimeSpan.FromSeconds(50));
        await Runs.RenewAsync(claimed.Lease, Now.AddMinutes(1), Ct);
        Clock.Advance(TimeSpan.FromSeconds(50));

        Assert.Empty(await Runs.ClaimAsync(Claim("node-2"), Ct));
    }

    [Fact]
    public async Task A_lease_that_ran_out_still_counts_until_someone_else_claims()
    {
        var claimed = await StartAsync();
        Clock.Advance(TimeSpan.FromMinutes(5));

        var renewed = await Runs.RenewAsync(claimed.Lease, Now.AddMinutes(1), Ct);

        Assert.Equal(TaskState.Running, renewed.Status);
        Assert.Empty(await Runs.ClaimAsync(Claim("node-2"), Ct));
    }

    [Fact]
    public async Task Every_write_under_a_foreign_or_stale_lease_is_refused_and_writes_nothing()
    {
        var claimed = await StartAsync();
        var run = await AddRunAsync(claimed.Lease);
        var before = await StandAsync(claimed.Task.Id);
        RunLease[] wrong =
        [
            claimed.Lease with { Fence = claimed.Lease.Fence - 1 },
            claimed.Lease with { Fence = claimed.Lease.Fence + 1 },
            claimed.Lease with { Node = "node-2" },
            claimed.Lease with { TaskId = 4711 },
        ];

        foreach (var lease in wrong)
        {
            var commit = new RunCommit
            {
                Events = [new Events.ChatCancelled { SubtaskId = run.Id, Result = null }],
                Subtasks = [new(run.Id) { Status = TaskState.Failed }],
                Artifacts = new Dictionary<string, string?> { ["diff"] = "x" },
                Move = new(TaskTrigger.Completed),
            };
            var lost = await Assert.ThrowsAsync<LeaseLostException>(async () => await Runs.CommitAsync(lease, commit, Ct));
            await Assert.ThrowsAsync<LeaseLostException>(async () => await Runs.RenewAsync(lease, Now.AddHours(1), Ct));
            await Assert.ThrowsAsync<LeaseLostException>(async () => await Runs.ReleaseAsync(lease, Ct));
            await Assert.ThrowsAsync<LeaseLostException>(async () => await Runs.AddSubtasksAsync(lease, [new(0, "coder", "x")], Ct));
            Assert.Equal(("task.lease_lost", lease), (lost.Code, lost.Lease));
        }

        Assert.Equal(before, await StandAsync(claimed.Task.Id));
        Assert.Equal(TaskState.Pending, (await GetSubtaskAsync(claimed.Task.Id, run.Id)).Status);
        Assert.Equal(2, (await Tasks.ListSubtasksAsync(claimed.Task.Id, 0, Ct)).Count);
        Assert.Null(await Tasks.FindArtifactAsync(claimed.Task.Id, "diff", Ct));
    }

    [Fact]
    public async Task A_task_is_not_claimed_before_its_time()
    {
        var claimed = await StartAsync();
        var due = Now.AddSeconds(30);
        await CommitAsync(claimed.Lease, TaskTrigger.RetryDue, new(FailureReason.EngineUnavailable, "It is away"), due);

        var early = await Runs.ClaimAsync(Claim(), Ct);
        var nextDue = await Runs.FindNextDueAsync(Ct);
        Clock.Advance(TimeSpan.FromSeconds(30));
        var none = await Runs.FindNextDueAsync(Ct);
        var again = await ClaimOneAsync();

        Assert.Empty(early);
        Assert.Equal((due, null), (nextDue, none));
        Assert.Equal((2, null), (again.Task.Attempt, again.Task.NotBefore));
    }

    [Fact]
    public async Task The_next_due_time_is_the_earliest_to_come()
    {
        for (var i = 3; i > 0; i--)
        {
            var claimed = await StartAsync();
            await CommitAsync(claimed.Lease, TaskTrigger.RetryDue, notBefore: Now.AddMinutes(i));
        }

        await CreateAsync();

        Assert.Equal(Now.AddMinutes(1), await Runs.FindNextDueAsync(Ct));
    }

    [Fact]
    public async Task Runs_are_added_pending_and_numbered_after_the_messages_before()
    {
        var claimed = await StartAsync();

        var added = await Runs.AddSubtasksAsync(claimed.Lease, [new(0, "coder", "Write"), new(1, "tester", "Test")], Ct);

        Assert.Equal([2, 3], added.Select(static run => run.MessageId));
        Assert.Equal(["Write", "Test"], added.Select(static run => run.Prompt));
        Assert.All(added, run => Assert.Equal(
            (claimed.Task.Id, SubtaskRole.Assistant, TaskState.Pending, 0, -1L, Now, null),
            (run.TaskId, run.Role, run.Status, run.Attempt, run.CoveredLine, run.CreatedAt, run.CompletedAt)));
        Assert.Equal(added, await Tasks.ListSubtasksAsync(claimed.Task.Id, 1, Ct));
        Assert.Equal(claimed.Task.LastSeq, (await GetAsync(claimed.Task.Id)).LastSeq);
    }

    [Fact]
    public async Task The_store_keeps_its_identity()
    {
        var id = await Runs.GetStoreIdAsync(Ct);

        Assert.Matches("^[a-z0-9]{8,32}$", id);
        Assert.Equal(id, await Runs.GetStoreIdAsync(Ct));
    }

    [Fact]
    public async Task Many_claimers_at_once_get_each_task_once_and_never_more_than_may_run()
    {
        const int TaskCount = 200, Claimers = 20, MaxRunning = 7;
        for (var i = 0; i < TaskCount; i++)
            await CreateAsync();
        var claimedIds = new ConcurrentQueue<long>();
        var holding = 0;
        var most = 0;

        await Task.WhenAll(Enumerable.Range(0, Claimers).Select(n => Task.Run(() => WorkAsync($"node-{n}"), Ct)));

        Assert.Equal(TaskCount, claimedIds.Count);
        Assert.Equal(TaskCount, claimedIds.Distinct().Count());
        Assert.InRange(most, 1, MaxRunning);
        Assert.Equal(TaskCount, (await Tasks.ListAsync(new() { Status = TaskState.Completed, Limit = 1000 }, Ct)).Count);
        Assert.All(claimedIds.Take(10), id => Assert.Equal([TaskState.Pending, TaskState.Running, TaskState.Completed], ReadStatesAsync(id).Result));

        async Task WorkAsync(string node)
        {
            while (claimedIds.Count < TaskCount)
            {
                var claimed = await Runs.ClaimAsync(Claim(node, MaxRunning, limit: 3), Ct);
                foreach (var one in claimed)
                    claimedIds.Enqueue(one.Task.Id);
                var now = Interlocked.Add(ref holding, claimed.Count);
                InterlockedMax(ref most, now);
                foreach (var one in claimed)
                {
                    await Task.Yield();
                    Interlocked.Decrement(ref holding);
                    await CommitAsync(one.Lease, TaskTrigger.Completed);
                }

                await Task.Yield();
            }
        }
    }

    private async Task<(TaskState Status, long LastSeq)> StandAsync(long taskId)
    {
        var task = await GetAsync(taskId);
        return (task.Status, task.LastSeq);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref target)) && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
