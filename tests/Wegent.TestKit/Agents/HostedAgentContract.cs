using Microsoft.Extensions.Time.Testing;
using Wegent.Agents;
using Wegent.Tasks;

namespace Wegent.TestKit.Agents;

/// <summary>The promises of <see cref="IHostedAgent"/>. Derive from it to test an agent of your own.</summary>
public abstract class HostedAgentContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A secret that stands among the request's model settings; it may appear in no event.</summary>
    protected const string Canary = "sk-canary-0815-do-not-show";

    /// <summary>The time of the agent under test. It runs ahead whenever the agent waits for it.</summary>
    protected FakeTimeProvider Clock { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Makes the agent under test.</summary>
    protected abstract IHostedAgent CreateAgent(TimeProvider clock);

    /// <summary>The request it is tested with: one that takes it a while, so that there is something to cancel.</summary>
    protected virtual AgentRequest CreateRequest() => new()
    {
        TaskId = 42,
        SubtaskId = 7,
        Attempt = 1,
        BotName = "helper",
        Prompt = "Say something in a few sentences.",
        SystemPrompt = "You are helpful.",
        Model = new Dictionary<string, string> { ["api_key"] = Canary, ["base_url"] = "http://127.0.0.1:9" },
    };

    [Fact]
    public void Its_shell_type_is_one_word() => Assert.Matches("^[A-Za-z][A-Za-z0-9]{0,49}$", CreateAgent(Clock).ShellType);

    [Fact]
    public async Task A_run_ends_with_exactly_one_final_event()
    {
        var events = await RunAsync();

        Assert.True(events[^1] is AgentCompleted or AgentFailed, $"the last event is {events[^1]}");
        Assert.Single(events, IsFinal);
    }

    [Fact]
    public async Task Every_tool_call_starts_once_and_ends_once()
    {
        var events = await RunAsync();

        List<string> open = [];
        HashSet<string> seen = [];
        foreach (var agentEvent in events)
        {
            switch (agentEvent)
            {
                case AgentToolStarted started:
                    Assert.True(seen.Add(started.CallId), $"call {started.CallId} started twice");
                    open.Add(started.CallId);
                    break;
                case AgentToolFinished finished:
                    Assert.True(open.Remove(finished.CallId), $"call {finished.CallId} ended without a start");
                    break;
            }
        }

        Assert.Empty(open);
    }

    [Fact]
    public async Task No_secret_of_the_request_is_in_an_event() => Assert.DoesNotContain(Canary, string.Concat(await RunAsync()), StringComparison.Ordinal);

    [Fact]
    public async Task A_cancel_ends_a_run_at_once()
    {
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        List<AgentEvent> after = [];
        var first = true;
        try
        {
            // The clock stands still from here on: an agent that ends only in its own time would wait for ever.
            await foreach (var agentEvent in CreateAgent(Clock).RunAsync(CreateRequest(), cancel.Token).WithCancellation(cancel.Token))
            {
                if (!first)
                    after.Add(agentEvent);
                first = false;
                await cancel.CancelAsync().WaitAsync(Patience, Ct);
            }

            Assert.True(after is [] or [AgentFailed { Failure.Reason: FailureReason.Cancelled }] or [AgentCompleted], "events went on after the cancel");
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            Assert.Empty(after.Where(IsFinal));
        }
    }

    [Fact]
    public async Task A_run_that_is_cancelled_before_it_begins_does_nothing()
    {
        List<AgentEvent> events = [];
        try
        {
            await foreach (var agentEvent in CreateAgent(Clock).RunAsync(CreateRequest(), new CancellationToken(canceled: true)))
                events.Add(agentEvent);
        }
        catch (OperationCanceledException)
        {
            // as good an end as the event
        }

        Assert.All(events, agentEvent => Assert.True(agentEvent is AgentFailed { Failure.Reason: FailureReason.Cancelled }));
    }

    /// <summary>Runs the agent to its end, with its clock running ahead.</summary>
    protected async Task<IReadOnlyList<AgentEvent>> RunAsync(AgentRequest? request = null)
    {
        List<AgentEvent> events = [];
        var run = Task.Run(
            async () =>
            {
                await foreach (var agentEvent in CreateAgent(Clock).RunAsync(request ?? CreateRequest(), Ct))
                    events.Add(agentEvent);
            },
            Ct);
        while (!run.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await run;
        return events;
    }

    private static bool IsFinal(AgentEvent agentEvent) => agentEvent is AgentCompleted or AgentFailed;
}
