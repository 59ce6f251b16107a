using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Wegent.Events;
using Wegent.Sandboxes;
using Wegent.Tasks;
using Wegent.TestKit.Agents;
using Wegent.TestKit.Sandboxes;
using static Wegent.Runtime.Tests.Scheduling.RuntimeFixture;

namespace Wegent.Runtime.Tests.Scheduling;

public sealed class RunExecutorTests : IAsyncDisposable
{
    private readonly RuntimeFixture _runtime = new();

    public ValueTask DisposeAsync() => _runtime.DisposeAsync();

    [Fact]
    public async Task A_task_streams_to_its_end_in_one_gapless_sequence()
    {
        _runtime.Script = (_, _) => FakeScript.Of("think hm", "text Hello, ", "text world", "done");
        var host = await _runtime.StartHostAsync();

        var events = await EventsAsync(host, await SubmitAsync(host));

        Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(e => e.Seq));
        Assert.Equal(
            [TaskCreated.EventName, ChatMessage.EventName, TaskStatusChanged.EventName, TaskStatusChanged.EventName, ChatStart.EventName],
            events.Take(5).Select(e => e.Name));
        Assert.Equal("Hello, world", events.OfType<ChatDone>().Single().Result.Value);
        Assert.Equal("Hello, world", string.Concat(events.OfType<ChatChunk>().Where(c => c.Kind == BlockKind.Text).Select(c => c.Content)));
        Assert.Equal(
            [TaskState.Pending, TaskState.Running, TaskState.Completed],
            events.OfType<TaskStatusChanged>().Select(e => e.Status));
        Assert.IsType<TaskStatusChanged>(events[^1]);
    }

    [Fact]
    public async Task A_pipeline_runs_its_stages_in_order_in_one_sandbox()
    {
        _runtime.Script = (_, spec) => FakeScript.Of($"text {spec.Arguments[0]} heard: {spec.Arguments[1].Replace('\n', '|')}", "done");
        var host = await _runtime.StartHostAsync();

        var events = await EventsAsync(host, await SubmitAsync(host, "go", "pipeline", Member("one"), Member("two")));

        Assert.Equal(["one", "two"], events.OfType<ChatStart>().Select(e => e.BotName));
        Assert.Equal("two heard: go||Result of the stage before (one):|one heard: go", events.OfType<ChatDone>().Last().Result.Value);
        Assert.Equal(1, _runtime.Place.Created);
    }

    [Fact]
    public async Task A_stage_that_asks_for_confirmation_waits_for_it_and_then_goes_on()
    {
        _runtime.Script = (_, spec) => FakeScript.Of($"text {spec.Arguments[1]}", "done");
        var host = await _runtime.StartHostAsync();
        var taskId = await SubmitAsync(host, "go", "pipeline", Member("one") with { RequireConfirmation = true }, Member("two"));
        await UntilAsync<TaskStatusChanged>(host, taskId, e => e.Status == TaskState.PendingConfirmation);

        await TasksOf(host).ConfirmAsync(taskId, prompt: "edited", cancellationToken: Ct);
        var events = await EventsAsync(host, taskId);

        Assert.Equal("edited", events.OfType<ChatDone>().Last().Result.Value);
        Assert.Equal(TaskState.Completed, events.OfType<TaskStatusChanged>().Last().Status);
    }

    [Fact]
    public async Task Never_more_tasks_run_than_allowed()
    {
        _runtime.Settings["MAX_CONCURRENT_TASKS"] = "3";
        var gate = new TaskCompletionSource();
        var running = 0;
        var most = 0;
        _runtime.Script = (_, _) => new FakeScript()
            .Do(_ => most = Math.Max(most, Interlocked.Increment(ref running)))
            .Until(gate.Task)
            .Do(_ => Interlocked.Decrement(ref running))
            .Line("done");
        var host = await _runtime.StartHostAsync();
        var ids = new List<long>();
        for (var i = 0; i < 12; i++)
            ids.Add(await SubmitAsync(host));
        foreach (var id in ids.Take(3))
            await UntilAsync<ChatStart>(host, id);

        gate.SetResult();
        foreach (var id in ids)
            Assert.Equal(TaskState.Completed, (await EventsAsync(host, id)).OfType<TaskStatusChanged>().Last().Status);
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task A_cancel_stops_the_agent_and_keeps_what_it_said()
    {
        _runtime.Script = (_, _) => new FakeScript().Line("text so far").Hang();
        var host = await _runtime.StartHostAsync();
        var taskId = await SubmitAsync(host);
        await UntilAsync<ChatChunk>(host, taskId);

        Assert.Equal(TaskState.Cancelling, (await TasksOf(host).CancelAsync(taskId, Ct)).Status);
        var events = await EventsAsync(host, taskId);

        Assert.Equal("so far", events.OfType<ChatCancelled>().Single().Result?.Value);
        Assert.Equal(TaskState.Cancelled, events.OfType<TaskStatusChanged>().Last().Status);
    }

    [Fact]
    public async Task A_cancel_before_the_sandbox_is_ready_ends_the_task_as_cancelled()
    {
        var gate = new TaskCompletionSource();
        _runtime.Place.CreateGate = gate.Task;
        var host = await _runtime.StartHostAsync();
        var taskId = await SubmitAsync(host);
        await UntilAsync<ChatStart>(host, taskId);

        await TasksOf(host).CancelAsync(taskId, Ct);

        var events = await EventsAsync(host, taskId);
        Assert.Equal(TaskState.Cancelled, events.OfType<TaskStatusChanged>().Last().Status);
        Assert.Single(events.OfType<ChatCancelled>());
        gate.SetResult();
    }

    [Theory]
    [InlineData("fail RateLimited", FailureReason.RateLimited)]
    [InlineData("fail Authentication", FailureReason.Authentication)]
    [InlineData("text only", FailureReason.AgentCrashed)] // exits without a result
    public async Task A_failed_run_fails_the_task_with_its_reason_and_advice(string line, FailureReason reason)
    {
        _runtime.Script = (_, _) => FakeScript.Of(line);
        var host = await _runtime.StartHostAsync();

        var taskId = await SubmitAsync(host);
        var events = await EventsAsync(host, taskId);

        var last = events.OfType<TaskStatusChanged>().Last();
        Assert.Equal((TaskState.Failed, (FailureReason?)reason), (last.Status, last.Reason));
        Assert.EndsWith(Failure.AdviceFor(reason), last.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(1, last.ErrorMessage!.Split(Failure.AdviceFor(reason)).Length - 1);
        var error = events.OfType<ChatError>().Single();
        Assert.Equal((reason, false), (error.Code, error.Retryable));
        Assert.NotNull((await TasksOf(host).FindAsync(taskId, Ct))!.CompletedAt);
    }

    [Fact]
    public async Task A_sandbox_that_dies_under_the_agent_is_told_as_lost()
    {
        _runtime.Script = (_, _) => new FakeScript().Line("text so far").Die(FailureReason.OutOfMemory);
        var host = await _runtime.StartHostAsync();

        var last = (await EventsAsync(host, await SubmitAsync(host))).OfType<TaskStatusChanged>().Last();

        Assert.Equal((TaskState.Failed, (FailureReason?)FailureReason.OutOfMemory), (last.Status, last.Reason));
    }

    [Fact]
    public async Task A_place_that_is_away_for_a_moment_costs_an_attempt_and_no_task()
    {
        var failures = 2;
        _runtime.Place.FailCreate = _ => failures-- > 0 ? new SandboxException(FailureReason.EngineUnavailable, "The engine does not answer") : null;
        _runtime.Script = (_, _) => FakeScript.Of("text made it", "done");
        var host = await _runtime.StartHostAsync();

        var events = await EventsAsync(host, await SubmitAsync(host));

        Assert.Equal(TaskState.Completed, events.OfType<TaskStatusChanged>().Last().Status);
        Assert.Equal([1, 2, 3], events.OfType<ChatStart>().Select(e => e.Attempt));
        Assert.All(events.OfType<ChatError>(), e => Assert.True(e.Retryable));
    }

    [Fact]
    public async Task A_place_that_stays_away_fails_the_task_and_says_what_to_do()
    {
        _runtime.Place.FailCreate = _ => new SandboxException(FailureReason.EngineUnavailable, "The engine does not answer");
        var host = await _runtime.StartHostAsync();

        var last = (await EventsAsync(host, await SubmitAsync(host))).OfType<TaskStatusChanged>().Last();

        Assert.Equal((TaskState.Failed, (FailureReason?)FailureReason.EngineUnavailable), (last.Status, last.Reason));
        Assert.Contains("DOCKER_HOST", last.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_agent_is_stopped_after_its_limit()
    {
        _runtime.Agent = new LineAgent { SilenceLimit = TimeSpan.FromMilliseconds(100) };
        _runtime.Script = (_, _) => new FakeScript().Line("text hm").Hang();
        var host = await _runtime.StartHostAsync();

        var last = (await EventsAsync(host, await SubmitAsync(host))).OfType<TaskStatusChanged>().Last();

        Assert.Equal((TaskState.Failed, (FailureReason?)FailureReason.TimedOut), (last.Status, last.Reason));
    }

    [Fact]
    public async Task A_host_that_stops_hands_its_run_over_without_gap_or_repeat()
    {
        var goOn = new TaskCompletionSource();
        _runtime.Script = (_, _) => new FakeScript().Line("text one ").Line("text two ").Until(goOn.Task).Line("text three").Line("done");
        var first = await _runtime.StartHostAsync();
        var taskId = await SubmitAsync(first);
        await UntilAsync<ChatChunk>(first, taskId, c => c.Content.Contains("two", StringComparison.Ordinal));

        await first.StopAsync(Ct);
        var second = await _runtime.StartHostAsync();
        goOn.SetResult();
        var events = await EventsAsync(second, taskId);

        Assert.Equal("one two three", events.OfType<ChatDone>().Single().Result.Value);
        Assert.Equal("one two three", string.Concat(events.OfType<ChatChunk>().Select(c => c.Content)));
        Assert.Single(events.OfType<ChatStart>());
        Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(e => e.Seq));
        Assert.Equal(1, _runtime.Place.Created);
    }

    [Fact]
    public async Task A_sandbox_that_is_gone_when_the_next_host_looks_is_told_as_lost()
    {
        _runtime.Script = (_, _) => new FakeScript().Line("text one").Hang();
        var first = await _runtime.StartHostAsync();
        var taskId = await SubmitAsync(first);
        await UntilAsync<ChatChunk>(first, taskId);
        await first.StopAsync(Ct);
        _runtime.Place.Sandboxes.Single().Die();

        var second = await _runtime.StartHostAsync();
        var last = (await EventsAsync(second, taskId)).OfType<TaskStatusChanged>().Last();

        Assert.Equal((TaskState.Failed, (FailureReason?)FailureReason.SandboxLost), (last.Status, last.Reason));
    }

    [Fact]
    public async Task After_the_last_task_and_its_delay_nothing_is_left()
    {
        _runtime.Script = (_, _) => FakeScript.Of("done");
        var host = await _runtime.StartHostAsync();
        for (var i = 0; i < 5; i++)
            await EventsAsync(host, await SubmitAsync(host));

        await EventuallyAsync(() => _runtime.Place.Sandboxes.Count == 0);
    }

    [Fact]
    public async Task A_deleted_task_takes_its_sandbox_with_it()
    {
        _runtime.Script = (_, _) => new FakeScript().Line("text hm").Hang();
        var host = await _runtime.StartHostAsync();
        var taskId = await SubmitAsync(host);
        await UntilAsync<ChatChunk>(host, taskId);

        await TasksOf(host).DeleteAsync(taskId, Ct);

        await EventuallyAsync(() => _runtime.Place.Sandboxes.Count == 0);
        Assert.Null(await TasksOf(host).FindAsync(taskId, Ct));
    }

    [Fact]
    public async Task A_failed_run_can_be_retried_as_a_new_attempt()
    {
        var attempts = 0;
        _runtime.Script = (_, _) => Interlocked.Increment(ref attempts) == 1 ? FakeScript.Of("fail Overloaded") : FakeScript.Of("text better", "done");
        var host = await _runtime.StartHostAsync();
        var taskId = await SubmitAsync(host);
        await EventsAsync(host, taskId);

        await TasksOf(host).RetryAsync(taskId, cancellationToken: Ct);
        var events = await EventsAsync(host, taskId);

        Assert.Equal([1, 2], events.OfType<ChatStart>().Select(e => e.Attempt));
        Assert.Equal(TaskState.Completed, events.OfType<TaskStatusChanged>().Last().Status);
    }

    [Fact]
    public async Task A_further_message_goes_on_with_the_agents_session()
    {
        _runtime.Settings["Wegent:Executor:DeletionDelay"] = "01:00:00";
        _runtime.Script = (_, spec) => FakeScript.Of($"session s-{spec.Arguments[1]}", $"text after '{spec.Arguments[2]}'", "done");
        var host = await _runtime.StartHostAsync();
        var taskId = await SubmitAsync(host, "first");
        await EventsAsync(host, taskId);

        await TasksOf(host).SendAsync(taskId, "second", cancellationToken: Ct);
        var events = await EventsAsync(host, taskId);

        Assert.Equal(["after ''", "after 's-first'"], events.OfType<ChatDone>().Select(e => e.Result.Value));
    }

    [Fact]
    public async Task A_further_message_retells_the_conversation_where_the_sandbox_and_its_session_are_gone()
    {
        var prompts = new ConcurrentQueue<string>();
        _runtime.Script = (_, spec) =>
        {
            prompts.Enqueue(spec.Arguments[1]);
            return FakeScript.Of("session s", $"text after '{spec.Arguments[2]}'", "done");
        };
        var host = await _runtime.StartHostAsync();
        var taskId = await SubmitAsync(host, "first");
        await EventsAsync(host, taskId);
        await EventuallyAsync(() => _runtime.Place.Sandboxes.Count == 0);

        await TasksOf(host).SendAsync(taskId, "second", cancellationToken: Ct);
        var events = await EventsAsync(host, taskId);

        Assert.Equal(["after ''", "after ''"], events.OfType<ChatDone>().Select(e => e.Result.Value));
        Assert.Equal(["first", "The conversation so far, from the record:\n\nUser: first\n\nbot: after ''\n\nNow:\n\nsecond"], prompts);
    }

    [Fact]
    public async Task A_message_to_a_busy_task_is_refused()
    {
        _runtime.Script = (_, _) => new FakeScript().Line("text hm").Hang();
        var host = await _runtime.StartHostAsync();
        var taskId = await SubmitAsync(host);
        await UntilAsync<ChatChunk>(host, taskId);

        Assert.Equal("task.conflict", (await Assert.ThrowsAsync<ConflictException>(async () => await TasksOf(host).SendAsync(taskId, "and?", cancellationToken: Ct))).Code);
    }

    [Fact]
    public async Task What_an_agent_waits_for_is_shown_as_progress()
    {
        _runtime.Script = (_, _) => FakeScript.Of("progress Waiting for the model", "text hi", "done");
        var host = await _runtime.StartHostAsync();

        var events = await EventsAsync(host, await SubmitAsync(host));

        Assert.Contains(events.OfType<TaskStatusChanged>(), e => e is { Status: TaskState.Running, ErrorMessage: "Waiting for the model" });
    }

    [Fact]
    public async Task An_unknown_shell_fails_the_task_and_names_what_is_registered()
    {
        var host = await _runtime.StartHostAsync();

        var last = (await EventsAsync(host, await SubmitAsync(host, "go", "solo", Member("bot", "Nobody")))).OfType<TaskStatusChanged>().Last();

        Assert.Equal(FailureReason.Misconfigured, last.Reason);
        Assert.Contains("Lines", last.ErrorMessage, StringComparison.Ordinal);
    }

    private static async Task EventuallyAsync(Func<bool> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        while (!holds())
            await Task.Delay(10, patience.Token);
    }
}
