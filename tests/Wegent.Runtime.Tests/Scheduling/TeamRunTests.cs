using System.Collections.Concurrent;
using Wegent.Events;
using Wegent.Tasks;
using Wegent.TestKit.Sandboxes;
using static Wegent.Runtime.Tests.Scheduling.RuntimeFixture;

namespace Wegent.Runtime.Tests.Scheduling;

/// <summary>The ways of working together, from a message to its answer.</summary>
public sealed class TeamRunTests : IAsyncDisposable
{
    private const string AllThree = """[{"member":"a","prompt":"part a"},{"member":"b","prompt":"part b"},{"member":"c","prompt":"part c"}]""";

    private readonly RuntimeFixture _runtime = new();

    public ValueTask DisposeAsync() => _runtime.DisposeAsync();

    [Fact]
    public async Task Route_hands_the_request_to_the_member_that_the_leader_names()
    {
        Script((bot, prompt) => FakeScript.Of($"text {(bot == "boss" ? """{"member": "b"}""" : $"{bot} answers {prompt}")}", "done"));
        var host = await _runtime.StartHostAsync();

        var events = await EventsAsync(host, await SubmitAsync(host, "hello", "route", Boss, Member("a"), Member("b")));

        Assert.Equal(["boss", "b"], events.OfType<ChatStart>().Select(e => e.BotName));
        Assert.Equal("b answers hello", events.OfType<ChatDone>().Last().Result.Value);
        Assert.Equal(TaskState.Completed, events.OfType<TaskStatusChanged>().Last().Status);
    }

    [Fact]
    public async Task Coordinated_parts_are_worked_on_side_by_side_and_the_leader_answers()
    {
        var together = new Meeting(3);
        Script((bot, prompt) => bot != "boss" ? new FakeScript().Do(_ => together.Arrive()).Until(together.AllHere).Lines($"text {bot} did {prompt}", "done")
            : FakeScript.Of($"text {(prompt.StartsWith("Your team has done", StringComparison.Ordinal) ? prompt[(prompt.IndexOf("Result of", StringComparison.Ordinal))..].Replace('\n', '|') : AllThree)}", "done"));
        var host = await _runtime.StartHostAsync();

        var events = await EventsAsync(host, await SubmitAsync(host, "hello", "coordinate", Boss, Member("a"), Member("b"), Member("c")));

        Assert.Equal("Result of a:|a did part a||Result of b:|b did part b||Result of c:|c did part c|", events.OfType<ChatDone>().Last().Result.Value);
        Assert.Equal(5, events.OfType<ChatDone>().Count());
        Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(e => e.Seq));
        Assert.Equal(1, _runtime.Place.Created);
    }

    [Fact]
    public async Task Never_more_members_work_side_by_side_than_allowed()
    {
        _runtime.Settings["Wegent:Scheduler:MaxParallelRuns"] = "2";
        var (working, most, pair) = (0, 0, new Meeting(2));
        Script((bot, prompt) => bot == "boss" ? FakeScript.Of($"text {(prompt.StartsWith("Your team has done", StringComparison.Ordinal) ? "all done" : AllThree)}", "done")
            : new FakeScript()
                .Do(_ => most = Math.Max(most, Interlocked.Increment(ref working)))
                .Do(_ => pair.Arrive()).Until(pair.AllHere)
                .Do(_ => Interlocked.Decrement(ref working)).Line("done"));
        var host = await _runtime.StartHostAsync();

        var events = await EventsAsync(host, await SubmitAsync(host, "hello", "coordinate", Boss, Member("a"), Member("b"), Member("c")));

        Assert.Equal("all done", events.OfType<ChatDone>().Last().Result.Value);
        Assert.Equal(2, most);
    }

    [Fact]
    public async Task A_failed_part_is_told_to_the_leader()
    {
        Script((bot, prompt) => bot == "b" ? FakeScript.Of("fail RateLimited")
            : FakeScript.Of($"text {(bot != "boss" ? "fine" : prompt.Contains("Failed: b:\nAs the script says", StringComparison.Ordinal) ? "without b" : AllThree)}", "done"));
        var host = await _runtime.StartHostAsync();

        var events = await EventsAsync(host, await SubmitAsync(host, "hello", "coordinate", Boss, Member("a"), Member("b"), Member("c")));

        Assert.Equal(FailureReason.RateLimited, events.OfType<ChatError>().Single().Code);
        Assert.Equal("without b", events.OfType<ChatDone>().Last().Result.Value);
        Assert.Equal(TaskState.Completed, events.OfType<TaskStatusChanged>().Last().Status);
    }

    [Fact]
    public async Task A_cancel_stops_those_who_work_and_whoever_waits_never_begins()
    {
        _runtime.Settings["Wegent:Scheduler:MaxParallelRuns"] = "2";
        var asked = new ConcurrentBag<string>();
        Script((bot, _) =>
        {
            asked.Add(bot);
            return bot == "boss" ? FakeScript.Of($"text {AllThree}", "done") : new FakeScript().Line($"text {bot} began").Hang();
        });
        var host = await _runtime.StartHostAsync();
        var taskId = await SubmitAsync(host, "hello", "coordinate", Boss, Member("a"), Member("b"), Member("c"));
        await UntilAsync<ChatChunk>(host, taskId, chunk => chunk.Content.Contains("a began", StringComparison.Ordinal));
        await UntilAsync<ChatChunk>(host, taskId, chunk => chunk.Content.Contains("b began", StringComparison.Ordinal));

        await TasksOf(host).CancelAsync(taskId, Ct);
        var events = await EventsAsync(host, taskId);

        Assert.Equal(["a began", "b began", null], events.OfType<ChatCancelled>().Select(e => e.Result?.Value).OrderBy(value => value ?? "z"));
        Assert.Equal(TaskState.Cancelled, events.OfType<TaskStatusChanged>().Last().Status);
        Assert.Equal(["a", "b", "boss"], asked.Order());
    }

    [Fact]
    public async Task Parts_under_way_survive_a_restart_of_the_host()
    {
        var goOn = new TaskCompletionSource();
        Script((bot, prompt) => bot == "boss"
            ? FakeScript.Of($"text {(prompt.StartsWith("Your team has done", StringComparison.Ordinal) ? "all done" : AllThree)}", "done")
            : new FakeScript().Line($"text {bot} began").Until(goOn.Task).Lines(" and ended", "done"));
        var first = await _runtime.StartHostAsync();
        var taskId = await SubmitAsync(first, "hello", "coordinate", Boss, Member("a"), Member("b"), Member("c"));
        foreach (var bot in new[] { "a", "b", "c" })
            await UntilAsync<ChatChunk>(first, taskId, chunk => chunk.Content.Contains($"{bot} began", StringComparison.Ordinal));

        await first.StopAsync(Ct);
        var second = await _runtime.StartHostAsync();
        goOn.SetResult();
        var events = await EventsAsync(second, taskId);

        Assert.Equal("all done", events.OfType<ChatDone>().Last().Result.Value);
        Assert.Equal(5, events.OfType<ChatStart>().Count());
        Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(e => e.Seq));
    }

    [Fact]
    public async Task Collaborating_members_speak_in_turn_until_one_states_the_result()
    {
        Script((bot, prompt) => FakeScript.Of(
            $"text {(prompt.StartsWith("Your team has talked", StringComparison.Ordinal) ? "the answer is 42" : bot == "a" && prompt.Contains("round\n2", StringComparison.Ordinal) ? "RESULT: 42" : $"{bot} thinks")}", "done"));
        var host = await _runtime.StartHostAsync();

        var events = await EventsAsync(host, await SubmitAsync(host, "hello", "collaborate", Boss, Member("a"), Member("b")));

        Assert.Equal(["boss", "a", "b", "boss", "a", "boss"], events.OfType<ChatStart>().Select(e => e.BotName));
        Assert.Equal("the answer is 42", events.OfType<ChatDone>().Last().Result.Value);
        var progress = events.OfType<TaskStatusChanged>().Select(e => e.Progress).ToList();
        Assert.Equal(progress.Order(), progress);
    }

    private static PlannedMember Boss => Member("boss") with { Role = "leader" };

    private void Script(Func<string, string, FakeScript> script) => _runtime.Script = (_, spec) => script(spec.Arguments[0], spec.Arguments[1]);

    /// <summary>So many who wait for each other.</summary>
    private sealed class Meeting(int size)
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _here;

        public Task AllHere => _all.Task;

        public void Arrive()
        {
            if (Interlocked.Increment(ref _here) == size)
                _all.SetResult();
        }
    }
}
