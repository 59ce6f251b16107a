using Wegent.Events;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.TestKit.Storage;

/// <summary>The promises of <see cref="ITaskStore.MoveAsync"/>: cancel, retry, confirm, accept, delete.</summary>
public abstract class TaskMoveContract : StoreContract
{
    [Fact]
    public async Task A_cancel_of_a_waiting_task_cancels_its_open_runs_and_leaves_those_that_ended()
    {
        var claimed = await StartAsync();
        var done = await AddRunAsync(claimed.Lease, "done");
        var streaming = await AddRunAsync(claimed.Lease, "streaming");
        var waiting = await AddRunAsync(claimed.Lease, "waiting");
        await Runs.CommitAsync(
            claimed.Lease,
            new()
            {
                Subtasks = [new(done.Id) { Status = TaskState.Completed, Attempt = 1 }, new(streaming.Id) { Status = TaskState.Running, Attempt = 1 }],
                Move = new(TaskTrigger.RetryDue, new(FailureReason.EngineUnavailable, "It is away")),
            },
            Ct);
        Clock.Advance(TimeSpan.FromSeconds(3));

        var moved = await Tasks.MoveAsync(new(claimed.Task.Id, TaskTrigger.CancelRequested), Ct);

        Assert.Equal((true, TaskState.Cancelled, Now, null), (moved.Moved, moved.Task.Status, moved.Task.CompletedAt, moved.Task.Reason));
        Assert.Equal(TaskState.Completed, (await GetSubtaskAsync(claimed.Task.Id, done.Id)).Status);
        Assert.Equal((TaskState.Cancelled, Now), await StandAsync(streaming));
        Assert.Equal((TaskState.Cancelled, Now), await StandAsync(waiting));
        var log = await ReadLogAsync(claimed.Task.Id);
        Assert.Equal(streaming.Id, Assert.Single(log.OfType<ChatCancelled>()).SubtaskId);
        Assert.Equal(TaskState.Cancelled, Assert.IsType<TaskStatusChanged>(log[^1]).Status);
        Assert.Empty(await Runs.ClaimAsync(Claim(), Ct));
    }

    [Fact]
    public async Task A_cancel_of_a_running_task_is_a_mark_that_its_runner_honours()
    {
        var claimed = await StartAsync();
        var run = await AddRunAsync(claimed.Lease);

        var moved = await Tasks.MoveAsync(new(claimed.Task.Id, TaskTrigger.CancelRequested), Ct);
        var twice = await Tasks.MoveAsync(new(claimed.Task.Id, TaskTrigger.CancelRequested), Ct);
        var renewed = await Runs.RenewAsync(claimed.Lease, Now.AddMinutes(2), Ct);

        Assert.Equal((true, TaskState.Cancelling), (moved.Moved, moved.Task.Status));
        Assert.Equal((false, TaskState.Cancelling), (twice.Moved, twice.Task.Status));
        Assert.Equal(TaskState.Cancelling, renewed.Status);
        Assert.Equal(TaskState.Pending, (await GetSubtaskAsync(claimed.Task.Id, run.Id)).Status);
    }

    [Theory]
    [InlineData(TaskTrigger.CancelConfirmed)]
    [InlineData(TaskTrigger.RetryDue)]
    public async Task A_cancelled_task_leaves_no_open_run_behind(TaskTrigger trigger)
    {
        var claimed = await StartAsync();
        var run = await AddRunAsync(claimed.Lease);
        await Tasks.MoveAsync(new(claimed.Task.Id, TaskTrigger.CancelRequested), Ct);

        await CommitAsync(claimed.Lease, trigger, new(FailureReason.SandboxLost, "Gone"));

        var task = await GetAsync(claimed.Task.Id);
        Assert.Equal((TaskState.Cancelled, null, null), (task.Status, task.Reason, task.ErrorMessage));
        Assert.Equal(TaskState.Cancelled, (await GetSubtaskAsync(claimed.Task.Id, run.Id)).Status);
    }

    [Theory]
    [InlineData(TaskState.Failed)]
    [InlineData(TaskState.Cancelled)]
    public async Task A_retry_makes_the_run_pending_again_and_keeps_its_session(TaskState outcome)
    {
        var (claimed, run) = await EndRunAsync(outcome, outcome == TaskState.Failed ? TaskTrigger.Faulted : TaskTrigger.Completed);

        var moved = await Tasks.MoveAsync(new(claimed.Task.Id, TaskTrigger.MessageReceived) { RetrySubtaskId = run.Id }, Ct);

        var again = await GetSubtaskAsync(claimed.Task.Id, run.Id);
        Assert.Equal((true, TaskState.Pending, 0, null), (moved.Moved, moved.Task.Status, moved.Task.Attempt, moved.Task.Reason));
        Assert.Equal((TaskState.Pending, 1, "session-1"), (again.Status, again.Attempt, again.SessionId));
        Assert.Equal((null, null, null, null), (again.Reason, again.ErrorMessage, again.CompletedAt, again.Result));
        Assert.Equal(2, (await Tasks.ListSubtasksAsync(claimed.Task.Id, 0, Ct)).Count);
    }

    [Fact]
    public async Task A_retry_of_what_went_well_or_does_not_exist_is_refused_and_writes_nothing()
    {
        var (claimed, run) = await EndRunAsync(TaskState.Completed, TaskTrigger.Completed);
        var lastSeq = (await GetAsync(claimed.Task.Id)).LastSeq;

        var well = await Assert.ThrowsAsync<ConflictException>(async () => await Tasks.MoveAsync(new(claimed.Task.Id, TaskTrigger.MessageReceived) { RetrySubtaskId = run.Id }, Ct));
        var missing = await Assert.ThrowsAsync<NotFoundException>(async () => await Tasks.MoveAsync(new(claimed.Task.Id, TaskTrigger.MessageReceived) { RetrySubtaskId = 4711 }, Ct));
        var users = await Assert.ThrowsAsync<NotFoundException>(async () => await Tasks.MoveAsync(new(claimed.Task.Id, TaskTrigger.MessageReceived) { RetrySubtaskId = run.Id - 1 }, Ct));

        Assert.Equal(("task.conflict", "subtask.not_found", "subtask.not_found"), (well.Code, missing.Code, users.Code));
        var task = await GetAsync(claimed.Task.Id);
        Assert.Equal((TaskState.Completed, lastSeq), (task.Status, task.LastSeq));
    }

    [Fact]
    public async Task A_confirmation_adds_the_next_stage_and_queues_the_task()
    {
        var (claimed, run) = await EndRunAsync(TaskState.Completed, TaskTrigger.ConfirmationNeeded);

        var moved = await Tasks.MoveAsync(new(claimed.Task.Id, TaskTrigger.Confirmed) { NewSubtask = new(1, "tester", "Test it") }, Ct);

        Assert.Equal((true, TaskState.Pending, 0), (moved.Moved, moved.Task.Status, moved.Task.Attempt));
        var messages = await Tasks.ListSubtasksAsync(claimed.Task.Id, run.MessageId, Ct);
        var stage = Assert.Single(messages);
        Assert.Equal((SubtaskRole.Assistant, 1, "tester", "Test it", TaskState.Pending, 3), (stage.Role, stage.Member, stage.BotName, stage.Prompt, stage.Status, stage.MessageId));
        Assert.Equal(1, (await ClaimOneAsync()).Task.Attempt);
    }

    [Fact]
    public async Task A_stage_that_waits_for_confirmation_can_be_run_again()
    {
        var (claimed, run) = await EndRunAsync(TaskState.Completed, TaskTrigger.ConfirmationNeeded);

        var moved = await Tasks.MoveAsync(new(claimed.Task.Id, TaskTrigger.Confirmed) { RetrySubtaskId = run.Id }, Ct);

        Assert.Equal((true, TaskState.Pending), (moved.Moved, moved.Task.Status));
        Assert.Equal((TaskState.Pending, null), await StandAsync(run));
    }

    [Fact]
    public async Task A_wish_that_the_state_does_not_allow_adds_no_run()
    {
        var claimed = await StartAsync();

        var moved = await Tasks.MoveAsync(new(claimed.Task.Id, TaskTrigger.Confirmed) { NewSubtask = new(1, "tester", "Test it") }, Ct);

        Assert.False(moved.Moved);
        Assert.Single(await Tasks.ListSubtasksAsync(claimed.Task.Id, 0, Ct));
    }

    [Fact]
    public async Task An_accepted_pipeline_is_complete()
    {
        var (task, _) = await ReachAsync(TaskState.PendingConfirmation);

        var moved = await Tasks.MoveAsync(new(task.Id, TaskTrigger.Accepted), Ct);

        Assert.Equal((TaskState.Completed, 100, Now), (moved.Task.Status, moved.Task.Progress, moved.Task.CompletedAt));
    }

    [Fact]
    public async Task A_deleted_task_is_invisible_but_its_log_tells_watchers_of_the_end()
    {
        var task = await CreateAsync(Request(name: "release"));
        await Tasks.MoveAsync(new(task.Id, TaskTrigger.Deleted), Ct);

        Assert.Null(await Tasks.FindAsync(task.Id, Ct));
        Assert.Null(await Tasks.FindByNameAsync("ada", "default", "release", Ct));
        Assert.Empty(await Tasks.ListAsync(new(), Ct));
        Assert.Empty(await Tasks.ListSubtasksAsync(task.Id, 0, Ct));
        Assert.Empty(await Runs.ClaimAsync(Claim(), Ct));
        Assert.Equal([TaskState.Pending, TaskState.Delete], await ReadStatesAsync(task.Id));
    }

    [Fact]
    public async Task A_running_task_that_is_deleted_loses_its_lease_and_its_slot()
    {
        var claimed = await StartAsync();
        await Tasks.MoveAsync(new(claimed.Task.Id, TaskTrigger.Deleted), Ct);
        await CreateAsync();

        await Assert.ThrowsAsync<LeaseLostException>(async () => await Runs.RenewAsync(claimed.Lease, Now.AddMinutes(1), Ct));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await Runs.CommitAsync(claimed.Lease, new() { Progress = 5 }, Ct));
        Assert.Single(await Runs.ClaimAsync(Claim(maxRunning: 1), Ct));
    }

    private async Task<(ClaimedTask Claimed, Subtask Run)> EndRunAsync(TaskState outcome, TaskTrigger trigger)
    {
        var claimed = await StartAsync();
        var run = await AddRunAsync(claimed.Lease);
        var failure = outcome == TaskState.Failed ? new Failure(FailureReason.AgentCrashed, "It crashed") : null;
        await Runs.CommitAsync(
            claimed.Lease,
            new()
            {
                Subtasks = [new(run.Id) { Attempt = 1, Status = outcome, SessionId = "session-1", Failure = failure, Result = new() { Value = "so far" } }],
                Move = new(trigger, failure),
            },
            Ct);
        return (claimed, run);
    }

    private async Task<(TaskState Status, DateTimeOffset? CompletedAt)> StandAsync(Subtask run)
    {
        var now = await GetSubtaskAsync(run.TaskId, run.Id);
        return (now.Status, now.CompletedAt);
    }
}
