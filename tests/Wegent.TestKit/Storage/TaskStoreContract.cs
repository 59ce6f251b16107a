using Wegent.Events;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.TestKit.Storage;

/// <summary>The promises of <see cref="ITaskStore"/> about accepting and reading; <see cref="TaskMoveContract"/> has those about users' wishes.</summary>
public abstract class TaskStoreContract : StoreContract
{
    [Fact]
    public async Task A_task_is_accepted_with_its_message_and_its_first_log_entries()
    {
        var accepted = await Tasks.CreateAsync(Request(), Ct);

        Assert.True(accepted.Created);
        var task = accepted.Task;
        Assert.True(task.Id > 0);
        Assert.Equal(($"task-{task.Id}", "ada", "default", "Health"), (task.Name, task.Owner, task.Namespace, task.Title));
        Assert.Equal("Add a health endpoint", task.Prompt);
        Assert.Equal((TaskState.Pending, 0, 0, 0L, 3L), (task.Status, task.Progress, task.Attempt, task.Fence, task.LastSeq));
        Assert.Equal((Now, Now, null, null), (task.CreatedAt, task.UpdatedAt, task.CompletedAt, task.NotBefore));
        var message = accepted.Message;
        Assert.Equal((1, SubtaskRole.User, "ada", "Add a health endpoint"), (message.MessageId, message.Role, message.Sender, message.Prompt));
        Assert.Equal((TaskState.Completed, Now, -1, null), (message.Status, message.CompletedAt, message.Member, message.BotName));

        Assert.Collection(
            await ReadLogAsync(task.Id),
            entry => Assert.Equal(new TaskCreated { Seq = 1, TaskId = task.Id, Title = "Health", TeamName = "dev-team", CreatedAt = Now }, entry),
            entry => Assert.Equal(new ChatMessage { Seq = 2, SubtaskId = message.Id, MessageId = 1, Role = SubtaskRole.User, Content = "Add a health endpoint", Sender = "ada", CreatedAt = Now }, entry),
            entry => Assert.Equal(new TaskStatusChanged { Seq = 3, TaskId = task.Id, Status = TaskState.Pending, Progress = 0 }, entry));
        Assert.All(await Tasks.ReadEventsAsync(task.Id, 0, 10, Ct), entry => Assert.Equal((task.Id, Now), (entry.TaskId, entry.At)));
    }

    [Fact]
    public async Task A_task_reads_back_as_it_was_written()
    {
        var created = await CreateAsync(Request() with { Plan = Plan() with { Workspace = new() { Folder = "w", GitUrl = "https://git.example/repo.git" } } });

        var read = await GetAsync(created.Id);

        Assert.Equal(created.Plan.ToJson(), read.Plan.ToJson());
        Assert.Equal(created.Labels, read.Labels);
        Assert.Equal(created with { Plan = read.Plan, Labels = read.Labels }, read);
        Assert.Equal(read.Id, (await Tasks.FindByNameAsync("ada", "default", read.Name, Ct))?.Id);
    }

    [Fact]
    public async Task What_does_not_exist_reads_as_null_or_empty()
    {
        Assert.Null(await Tasks.FindAsync(4711, Ct));
        Assert.Null(await Tasks.FindByNameAsync("ada", "default", "nothing", Ct));
        Assert.Empty(await Tasks.ListAsync(new(), Ct));
        Assert.Empty(await Tasks.ListSubtasksAsync(4711, 0, Ct));
        Assert.Empty(await Tasks.ReadEventsAsync(4711, 0, 10, Ct));
        Assert.Null(await Tasks.FindArtifactAsync(4711, "diff", Ct));
    }

    [Fact]
    public async Task A_name_is_unique_among_the_live_tasks_of_an_owner_and_namespace()
    {
        var first = await CreateAsync(Request(name: "release"));

        var taken = await Assert.ThrowsAsync<ConflictException>(async () => await CreateAsync(Request(name: "release")));
        await CreateAsync(Request(owner: "bob", name: "release"));
        await CreateAsync(Request(name: "release") with { Namespace = "other" });
        await Tasks.MoveAsync(new(first.Id, TaskTrigger.Deleted), Ct);
        var second = await CreateAsync(Request(name: "release"));

        Assert.Equal("task.exists", taken.Code);
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(second.Id, (await Tasks.FindByNameAsync("ada", "default", "release", Ct))?.Id);
    }

    [Fact]
    public async Task A_task_without_a_name_is_accepted_even_if_someone_chose_the_name_it_would_get()
    {
        var first = await CreateAsync();
        await CreateAsync(Request(name: $"task-{first.Id + 2}"));

        var third = await CreateAsync();

        Assert.NotEqual($"task-{first.Id + 2}", third.Name);
        Assert.StartsWith($"task-{third.Id}", third.Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_known_idempotency_key_gives_the_task_it_made_for_24_hours()
    {
        var request = Request() with { IdempotencyKey = "k1", RequestDigest = "d1" };
        var first = await Tasks.CreateAsync(request, Ct);

        Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        var again = await Tasks.CreateAsync(request, Ct);
        var mismatch = await Assert.ThrowsAsync<ConflictException>(async () => await Tasks.CreateAsync(request with { RequestDigest = "d2" }, Ct));
        var others = await Tasks.CreateAsync(request with { Owner = "bob" }, Ct);
        Clock.Advance(TimeSpan.FromSeconds(1));
        var later = await Tasks.CreateAsync(request with { RequestDigest = "d2" }, Ct);

        Assert.Equal((first.Id, first.Message, false), (again.Id, again.Message, again.Created));
        Assert.Equal("idempotency.mismatch", mismatch.Code);
        Assert.True(others.Created);
        Assert.True(later.Created);
        Assert.Equal(3, (await Tasks.ListAsync(new(), Ct)).Count);
    }

    [Fact]
    public async Task Many_at_once_with_one_idempotency_key_make_one_task()
    {
        var request = Request() with { IdempotencyKey = "k1", RequestDigest = "d1" };

        var accepted = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () => await Tasks.CreateAsync(request, Ct), Ct)));

        Assert.Single(accepted, static one => one.Created);
        Assert.Single(accepted.Select(static one => one.Id).Distinct());
    }

    [Theory]
    [InlineData(TaskState.Completed)]
    [InlineData(TaskState.Failed)]
    [InlineData(TaskState.Cancelled)]
    public async Task A_message_starts_a_new_turn_of_a_task_that_rests(TaskState state)
    {
        var (task, _) = await ReachAsync(state);
        Clock.Advance(TimeSpan.FromMinutes(5));

        var accepted = await Tasks.AddTurnAsync(new() { TaskId = task.Id, Sender = "ada", Prompt = "And a test" }, Ct);

        var now = accepted.Task;
        Assert.Equal((TaskState.Pending, 0, 0, null, null, null), (now.Status, now.Progress, now.Attempt, now.Reason, now.ErrorMessage, now.CompletedAt));
        Assert.Equal((2, "And a test", Now), (accepted.Message.MessageId, accepted.Message.Prompt, accepted.Message.CreatedAt));
        var log = await ReadLogAsync(task.Id);
        Assert.Equal("And a test", Assert.IsType<ChatMessage>(log[^2]).Content);
        Assert.Equal(TaskState.Pending, Assert.IsType<TaskStatusChanged>(log[^1]).Status);
        Assert.Equal(now.LastSeq, log[^1].Seq);
        Assert.Equal(1, (await ClaimOneAsync()).Task.Attempt);
    }

    [Theory]
    [InlineData(TaskState.Pending)]
    [InlineData(TaskState.Running)]
    [InlineData(TaskState.Cancelling)]
    [InlineData(TaskState.PendingConfirmation)]
    public async Task A_message_is_refused_while_a_turn_is_under_way(TaskState state)
    {
        var (task, _) = await ReachAsync(state);

        var refused = await Assert.ThrowsAsync<ConflictException>(async () => await Tasks.AddTurnAsync(new() { TaskId = task.Id, Sender = "ada", Prompt = "x" }, Ct));

        Assert.Equal("task.conflict", refused.Code);
        Assert.Equal(state == TaskState.PendingConfirmation, refused.Message.Contains("onfirm", StringComparison.Ordinal));
        Assert.Equal(task.LastSeq, (await GetAsync(task.Id)).LastSeq);
        Assert.Single(await Tasks.ListSubtasksAsync(task.Id, 0, Ct));
    }

    [Fact]
    public async Task A_message_to_no_task_is_not_found()
    {
        var (task, _) = await ReachAsync(TaskState.Delete);

        var deleted = await Assert.ThrowsAsync<NotFoundException>(async () => await Tasks.AddTurnAsync(new() { TaskId = task.Id, Sender = "ada", Prompt = "x" }, Ct));
        var missing = await Assert.ThrowsAsync<NotFoundException>(async () => await Tasks.AddTurnAsync(new() { TaskId = 4711, Sender = "ada", Prompt = "x" }, Ct));

        Assert.Equal(("task.not_found", "task.not_found"), (deleted.Code, missing.Code));
    }

    [Fact]
    public async Task A_message_with_a_known_key_is_accepted_once_even_while_its_turn_runs()
    {
        var (task, _) = await ReachAsync(TaskState.Completed);
        var turn = new NewTurn { TaskId = task.Id, Sender = "ada", Prompt = "And a test", IdempotencyKey = "m1" };
        var first = await Tasks.AddTurnAsync(turn, Ct);
        await ClaimOneAsync();

        var again = await Tasks.AddTurnAsync(turn, Ct);
        var mismatch = await Assert.ThrowsAsync<ConflictException>(async () => await Tasks.AddTurnAsync(turn with { Prompt = "Something else" }, Ct));

        Assert.Equal((first.Message, false, TaskState.Running), (again.Message, again.Created, again.Task.Status));
        Assert.Equal("idempotency.mismatch", mismatch.Code);
        Assert.Equal(2, (await Tasks.ListSubtasksAsync(task.Id, 0, Ct)).Count);
    }

    [Fact]
    public async Task Lists_are_newest_first_and_paged_by_id()
    {
        for (var i = 0; i < 25; i++)
            await CreateAsync(Request(owner: i % 5 == 0 ? "bob" : "ada", team: i % 2 == 0 ? "even" : "odd"));
        var all = await Tasks.ListAsync(new() { Limit = 100 }, Ct);

        var pages = new List<AgentTask>();
        long? before = null;
        while (await Tasks.ListAsync(new() { Limit = 7, BeforeId = before }, Ct) is { Count: > 0 } page)
        {
            pages.AddRange(page);
            before = page[^1].Id;
        }

        Assert.Equal(25, all.Count);
        Assert.Equal(all.OrderByDescending(static task => task.Id).Select(static task => task.Id), all.Select(static task => task.Id));
        Assert.Equal(all.Select(static task => task.Id), pages.Select(static task => task.Id));
        Assert.Equal(5, (await Tasks.ListAsync(new() { Owner = "bob" }, Ct)).Count);
        Assert.All(await Tasks.ListAsync(new() { Owner = "ada", TeamName = "odd" }, Ct), static task => Assert.Equal(("ada", "odd"), (task.Owner, task.Plan.TeamName)));
        Assert.Empty(await Tasks.ListAsync(new() { Owner = "eve" }, Ct));
    }

    [Fact]
    public async Task Lists_can_be_narrowed_to_a_state_and_never_show_deleted_tasks()
    {
        var (failed, _) = await ReachAsync(TaskState.Failed);
        await ReachAsync(TaskState.Delete);
        var waiting = await CreateAsync();

        Assert.Equal([waiting.Id, failed.Id], (await Tasks.ListAsync(new(), Ct)).Select(static task => task.Id));
        Assert.Equal(failed.Id, Assert.Single(await Tasks.ListAsync(new() { Status = TaskState.Failed }, Ct)).Id);
        Assert.Empty(await Tasks.ListAsync(new() { Status = TaskState.Running }, Ct));
        Assert.Empty(await Tasks.ListAsync(new() { Status = TaskState.Delete }, Ct));
    }

    [Fact]
    public async Task Lists_can_be_narrowed_to_what_changed_since_a_time()
    {
        var changed = await StartAsync();
        await CreateAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));
        var since = Now;
        await CommitAsync(changed.Lease, TaskTrigger.Completed);
        await CreateAsync(Request(owner: "bob"));

        Assert.Equal(changed.Task.Id, Assert.Single(await Tasks.ListAsync(new() { Owner = "ada", ChangedSince = since }, Ct)).Id);
        Assert.Equal(2, (await Tasks.ListAsync(new() { ChangedSince = since }, Ct)).Count);
        Assert.Empty(await Tasks.ListAsync(new() { ChangedSince = since.AddMilliseconds(1) }, Ct));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task A_page_of_no_or_too_many_tasks_is_refused(int limit) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Tasks.ListAsync(new() { Limit = limit }, Ct));

    [Fact]
    public async Task The_log_is_read_in_pieces_without_gap_or_repeat()
    {
        var claimed = await StartAsync();
        var run = await AddRunAsync(claimed.Lease);
        await Runs.CommitAsync(claimed.Lease, new() { Events = [.. Enumerable.Range(0, 50).Select(i => Chunk(run, i))] }, Ct);

        var pieces = new List<RecordedEvent>();
        while (await Tasks.ReadEventsAsync(claimed.Task.Id, pieces.Count, 7, Ct) is { Count: > 0 } piece)
            pieces.AddRange(piece);

        Assert.Equal(Enumerable.Range(1, 54).Select(static n => (long)n), pieces.Select(static entry => entry.Seq));
        Assert.Equal(54, (await GetAsync(claimed.Task.Id)).LastSeq);
        Assert.Empty(await Tasks.ReadEventsAsync(claimed.Task.Id, 54, 7, Ct));
        Assert.Empty(await Tasks.ReadEventsAsync(claimed.Task.Id, long.MaxValue, 7, Ct));
    }

    [Fact]
    public async Task Messages_are_read_after_a_message_id()
    {
        var claimed = await StartAsync();
        await AddRunAsync(claimed.Lease, "first");
        await AddRunAsync(claimed.Lease, "second");

        Assert.Equal([1, 2, 3], (await Tasks.ListSubtasksAsync(claimed.Task.Id, 0, Ct)).Select(static subtask => subtask.MessageId));
        Assert.Equal(["second"], (await Tasks.ListSubtasksAsync(claimed.Task.Id, 2, Ct)).Select(static subtask => subtask.BotName));
    }

    [Fact]
    public async Task Text_of_all_scripts_and_any_size_is_kept_as_it_is()
    {
        const string Odd = "' OR 1=1 -- % _ \\ \" \u4f60\u597d \U0001F680 \u202E a\u0301 \t\r\n";
        var large = string.Concat(Enumerable.Repeat("\U0001F9EA\u00e9x", 150_000));
        var request = Request(prompt: large) with { Title = Odd, Labels = new Dictionary<string, string> { [Odd] = Odd }, IdempotencyKey = Odd, RequestDigest = Odd };

        var accepted = await Tasks.CreateAsync(request, Ct);

        var read = await GetAsync(accepted.Id);
        Assert.Equal(Odd, read.Title);
        Assert.Equal(Odd, read.Labels[Odd]);
        Assert.Equal(large, Assert.Single(await Tasks.ListSubtasksAsync(accepted.Id, 0, Ct)).Prompt);
        Assert.Equal(large, Assert.IsType<ChatMessage>((await ReadLogAsync(accepted.Id))[1]).Content);
        Assert.False((await Tasks.CreateAsync(request, Ct)).Created);
    }

    [Fact]
    public async Task Whether_the_sandbox_is_kept_can_be_set_at_any_time()
    {
        var (task, _) = await ReachAsync(TaskState.Completed);

        await Tasks.SetPreserveExecutorAsync(task.Id, true, Ct);
        var kept = await GetAsync(task.Id);
        await Tasks.SetPreserveExecutorAsync(task.Id, false, Ct);

        Assert.True(kept.PreserveExecutor);
        Assert.False((await GetAsync(task.Id)).PreserveExecutor);
        await Assert.ThrowsAsync<NotFoundException>(async () => await Tasks.SetPreserveExecutorAsync(4711, true, Ct));
    }

    private static ChatChunk Chunk(Subtask run, int i) => new() { SubtaskId = run.Id, BlockId = "b1", Kind = BlockKind.Text, Content = $"{i} ", Offset = i };
}
