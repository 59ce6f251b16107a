using Wegent.Events;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.TestKit.Storage;

/// <summary>The promises of <see cref="IRunStore.CommitAsync"/>: one step of a run, whole or not at all.</summary>
public abstract class RunCommitContract : StoreContract
{
    [Fact]
    public async Task A_step_writes_log_messages_artifacts_progress_and_move_together()
    {
        var claimed = await StartAsync();
        var run = await AddRunAsync(claimed.Lease);
        var result = new SubtaskResult { Value = "Done.", Blocks = [new() { Id = "b1", Kind = BlockKind.Text, Content = "Done." }], Usage = new(10, 20, 5, 0.0125m) };
        Clock.Advance(TimeSpan.FromSeconds(9));

        var task = await Runs.CommitAsync(
            claimed.Lease,
            new()
            {
                Events = [Chunk(run, "Done."), new ChatDone { SubtaskId = run.Id, MessageId = run.MessageId, Offset = 5, Result = result }],
                Subtasks = [new(run.Id) { Attempt = 1, Status = TaskState.Completed, CoveredLine = 41, SessionId = "s", Result = result }],
                Artifacts = new Dictionary<string, string?> { ["diff"] = "+1" },
                Progress = 80,
                Move = new(TaskTrigger.Completed),
            },
            Ct);

        Assert.Equal((TaskState.Completed, 100, Now, 7L), (task.Status, task.Progress, task.CompletedAt, task.LastSeq));
        Assert.Equal(
            ["task:created", "chat:message", "task:status", "task:status", "chat:chunk", "chat:done", "task:status"],
            (await ReadLogAsync(task.Id)).Select(static entry => entry.Name));
        Assert.Equal(new TaskStatusChanged { Seq = 7, TaskId = task.Id, Status = TaskState.Completed, Progress = 100, CompletedAt = Now }, (await ReadLogAsync(task.Id))[^1]);
        var stored = await GetSubtaskAsync(task.Id, run.Id);
        Assert.Equal((TaskState.Completed, 1, 41L, "s", Now), (stored.Status, stored.Attempt, stored.CoveredLine, stored.SessionId, stored.CompletedAt));
        Assert.Equal(result.ToJson(), stored.Result?.ToJson());
        Assert.Equal("+1", await Tasks.FindArtifactAsync(task.Id, "diff", Ct));
    }

    [Fact]
    public async Task A_failure_is_on_the_task_on_the_message_and_in_the_log()
    {
        var claimed = await StartAsync();
        var run = await AddRunAsync(claimed.Lease);
        var failure = new Failure(FailureReason.Authentication, "The model service answered 401");

        var task = await Runs.CommitAsync(
            claimed.Lease,
            new() { Subtasks = [new(run.Id) { Attempt = 1, Status = TaskState.Failed, Failure = failure }], Move = new(TaskTrigger.Faulted, failure) },
            Ct);

        var stored = await GetSubtaskAsync(task.Id, run.Id);
        Assert.Equal((TaskState.Failed, FailureReason.Authentication, failure.Describe()), (task.Status, task.Reason, task.ErrorMessage));
        Assert.Equal((FailureReason.Authentication, failure.Describe()), (stored.Reason, stored.ErrorMessage));
        Assert.Equal(
            new TaskStatusChanged { Seq = task.LastSeq, TaskId = task.Id, Status = TaskState.Failed, Progress = 0, Reason = FailureReason.Authentication, ErrorMessage = failure.Describe(), CompletedAt = Now },
            (await ReadLogAsync(task.Id))[^1]);
    }

    [Fact]
    public async Task A_failed_task_always_says_why()
    {
        var claimed = await StartAsync();

        var task = await CommitAsync(claimed.Lease, TaskTrigger.Faulted);

        Assert.Equal(FailureReason.Internal, task.Reason);
        Assert.NotEmpty(task.ErrorMessage!);
    }

    [Fact]
    public async Task A_retry_keeps_what_the_last_attempt_died_of_until_the_turn_ends_well()
    {
        var claimed = await StartAsync();
        var failure = new Failure(FailureReason.EngineUnavailable, "The engine is away");

        var waiting = await CommitAsync(claimed.Lease, TaskTrigger.RetryDue, failure, Now.AddSeconds(1));
        Clock.Advance(TimeSpan.FromSeconds(1));
        var again = await ClaimOneAsync();
        var done = await CommitAsync(again.Lease, TaskTrigger.Completed);

        Assert.Equal((TaskState.Pending, FailureReason.EngineUnavailable, failure.Describe()), (waiting.Status, waiting.Reason, waiting.ErrorMessage));
        Assert.Null(waiting.CompletedAt);
        Assert.Equal((FailureReason.EngineUnavailable, 2), (again.Task.Reason, again.Task.Attempt));
        Assert.Equal((TaskState.Completed, null, null), (done.Status, done.Reason, done.ErrorMessage));
        Assert.Equal([TaskState.Pending, TaskState.Running, TaskState.Pending, TaskState.Running, TaskState.Completed], await ReadStatesAsync(done.Id));
    }

    [Fact]
    public async Task Progress_without_a_move_writes_no_log_entry()
    {
        var claimed = await StartAsync();

        var task = await Runs.CommitAsync(claimed.Lease, new() { Progress = 40 }, Ct);

        Assert.Equal((40, claimed.Task.LastSeq), (task.Progress, task.LastSeq));
        Assert.Equal(40, (await GetAsync(task.Id)).Progress);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Runs.CommitAsync(claimed.Lease, new() { Progress = 101 }, Ct));
    }

    [Fact]
    public async Task A_step_that_fails_midway_writes_nothing()
    {
        var claimed = await StartAsync();
        var run = await AddRunAsync(claimed.Lease);
        var before = await GetAsync(claimed.Task.Id);
        var commit = new RunCommit
        {
            Events = [Chunk(run, "lost")],
            Subtasks = [new(run.Id) { Attempt = 1, Status = TaskState.Running, CoveredLine = 7 }, new(4711) { Status = TaskState.Completed }],
            Artifacts = new Dictionary<string, string?> { ["diff"] = "x" },
            Progress = 9,
            Move = new(TaskTrigger.Completed),
        };

        var missing = await Assert.ThrowsAsync<NotFoundException>(async () => await Runs.CommitAsync(claimed.Lease, commit, Ct));

        Assert.Equal("subtask.not_found", missing.Code);
        var after = await GetAsync(claimed.Task.Id);
        Assert.Equal((before.Status, before.LastSeq, before.Progress, before.UpdatedAt), (after.Status, after.LastSeq, after.Progress, after.UpdatedAt));
        Assert.Equal((TaskState.Pending, 0, -1L), await StandAsync(run));
        Assert.Null(await Tasks.FindArtifactAsync(claimed.Task.Id, "diff", Ct));
        Assert.Equal(before.LastSeq, (await ReadLogAsync(claimed.Task.Id)).Count);
    }

    [Fact]
    public async Task A_message_of_another_task_cannot_be_changed()
    {
        var claimed = await StartAsync();
        await CreateAsync();
        var other = await ClaimOneAsync();
        var run = await AddRunAsync(other.Lease);

        await Assert.ThrowsAsync<NotFoundException>(async () => await Runs.CommitAsync(claimed.Lease, new() { Subtasks = [new(run.Id) { Status = TaskState.Failed }] }, Ct));
    }

    [Fact]
    public async Task A_final_message_is_left_only_by_a_larger_attempt()
    {
        var (lease, run) = await StartRunAsync();
        await ChangeAsync(lease, new(run.Id) { Attempt = 1, Status = TaskState.Completed, CoveredLine = 12, Result = new() { Value = "first" } });

        await ChangeAsync(lease, new(run.Id) { Status = TaskState.Running });
        await ChangeAsync(lease, new(run.Id) { Attempt = 1, Status = TaskState.Failed, Failure = new(FailureReason.Internal, "late"), CoveredLine = 99 });
        var late = await GetSubtaskAsync(run.TaskId, run.Id);
        await ChangeAsync(lease, new(run.Id) { Attempt = 2, Status = TaskState.Running });

        Assert.Equal((TaskState.Completed, 12L, "first", null), (late.Status, late.CoveredLine, late.Result?.Value, late.Reason));
        Assert.Equal((TaskState.Running, 2, -1L), await StandAsync(run));
    }

    [Fact]
    public async Task A_new_attempt_begins_with_nothing_of_the_last_one_but_its_session()
    {
        var (lease, run) = await StartRunAsync();
        await ChangeAsync(lease, new(run.Id) { Attempt = 1, Status = TaskState.Failed, CoveredLine = 12, SessionId = "s1", Result = new() { Value = "half" }, Failure = new(FailureReason.SandboxLost, "Gone") });

        await ChangeAsync(lease, new(run.Id) { Attempt = 2, Status = TaskState.Running });

        var again = await GetSubtaskAsync(run.TaskId, run.Id);
        Assert.Equal((TaskState.Running, 2, -1L, "s1"), (again.Status, again.Attempt, again.CoveredLine, again.SessionId));
        Assert.Equal((null, null, null, null), (again.Result, again.Reason, again.ErrorMessage, again.CompletedAt));
    }

    [Fact]
    public async Task News_of_an_earlier_attempt_and_lines_already_covered_change_nothing()
    {
        var (lease, run) = await StartRunAsync();
        await ChangeAsync(lease, new(run.Id) { Attempt = 2, Status = TaskState.Running, CoveredLine = 5 });

        await ChangeAsync(lease, new(run.Id) { Attempt = 1, Status = TaskState.Failed });
        await ChangeAsync(lease, new(run.Id) { CoveredLine = 3 });

        Assert.Equal((TaskState.Running, 2, 5L), await StandAsync(run));
    }

    [Fact]
    public async Task Artifacts_are_replaced_and_removed()
    {
        var claimed = await StartAsync();
        await KeepAsync("diff", "one");
        await KeepAsync("diff", "two");
        await KeepAsync("log", new string('\u00e9', 600_000));

        Assert.Equal("two", await Tasks.FindArtifactAsync(claimed.Task.Id, "diff", Ct));
        Assert.Equal(600_000, (await Tasks.FindArtifactAsync(claimed.Task.Id, "log", Ct))?.Length);
        await KeepAsync("diff", null);
        await KeepAsync("never", null);
        Assert.Null(await Tasks.FindArtifactAsync(claimed.Task.Id, "diff", Ct));

        async Task KeepAsync(string name, string? content) =>
            await Runs.CommitAsync(claimed.Lease, new() { Artifacts = new Dictionary<string, string?> { [name] = content } }, Ct);
    }

    [Fact]
    public async Task Steps_at_once_leave_no_gap_in_the_log()
    {
        var (lease, run) = await StartRunAsync();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(
            async () => await Runs.CommitAsync(lease, new() { Events = [Chunk(run, $"a{i}"), Chunk(run, $"b{i}")] }, Ct), Ct)));

        var chunks = (await ReadLogAsync(run.TaskId)).OfType<ChatChunk>().Select(static chunk => chunk.Content).ToList();
        Assert.Equal(200, chunks.Count);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(chunks.IndexOf($"a{i}") + 1, chunks.IndexOf($"b{i}")));
        Assert.Equal(204, (await GetAsync(run.TaskId)).LastSeq);
    }

    [Fact]
    public async Task A_cancel_and_a_result_at_once_end_in_one_of_the_two_and_never_in_both()
    {
        for (var i = 0; i < 20; i++)
        {
            var claimed = await StartAsync();
            var cancel = Task.Run(async () => await Tasks.MoveAsync(new(claimed.Task.Id, TaskTrigger.CancelRequested), Ct), Ct);
            var commit = Task.Run(async () => await CommitAsync(claimed.Lease, TaskTrigger.Completed), Ct);
            await Task.WhenAll(cancel, commit);

            var states = await ReadStatesAsync(claimed.Task.Id);
            Assert.Equal(TaskState.Completed, (await GetAsync(claimed.Task.Id)).Status);
            Assert.Equal(cancel.Result.Moved, states.Contains(TaskState.Cancelling));
            Assert.Equal(TaskState.Completed, states[^1]);
        }
    }

    private async Task<(RunLease Lease, Subtask Run)> StartRunAsync()
    {
        var claimed = await StartAsync();
        return (claimed.Lease, await AddRunAsync(claimed.Lease));
    }

    private async Task ChangeAsync(RunLease lease, SubtaskChange change) => await Runs.CommitAsync(lease, new() { Subtasks = [change] }, Ct);

    private async Task<(TaskState Status, int Attempt, long CoveredLine)> StandAsync(Subtask run)
    {
        var now = await GetSubtaskAsync(run.TaskId, run.Id);
        return (now.Status, now.Attempt, now.CoveredLine);
    }

    private static ChatChunk Chunk(Subtask run, string content) => new() { SubtaskId = run.Id, BlockId = "b1", Kind = BlockKind.Text, Content = content };
}
