using Wegent.Agents;
using Wegent.Tasks;
using Wegent.TestKit.Agents;
using Wegent.TestKit.Models;

namespace Wegent.Runtime.Tests.Agents.ClaudeCode;

/// <summary>The real program when things go wrong: the model refuses, breaks off or makes no sense; the program is killed; its session is gone.</summary>
public sealed class ClaudeCodeFaultTests : ClaudeCodeEndToEnd
{
    [Fact]
    public async Task A_refused_key_ends_the_run_at_the_first_refusal_and_the_next_turn_can_go_on()
    {
        Model.ApiKey = "another";

        var events = await RunAsync("Hello");

        var failure = Assert.IsType<AgentFailed>(events[^1]).Failure;
        Assert.Equal(FailureReason.Authentication, failure.Reason);
        Assert.Equal($"The model service at 127.0.0.1:{Model.Port} refused the API key (401)", failure.Message);
        Assert.DoesNotContain(events, agentEvent => agentEvent is AgentProgress);

        Model.ApiKey = Key;
        var next = await RunAsync(Request("Hello again") with { SessionId = events.OfType<AgentSession>().SingleOrDefault()?.SessionId });
        Assert.IsType<AgentCompleted>(next[^1]);
    }

    [Fact]
    public async Task A_limit_that_lifts_is_progress_and_not_a_failure()
    {
        Model.Enqueue(FakeModelTurn.RateLimited(retryAfter: TimeSpan.FromSeconds(1)), FakeModelTurn.Say("There."));

        var events = await RunAsync("Hello");

        var progress = Assert.Single(events.OfType<AgentProgress>());
        Assert.Equal((FailureReason.RateLimited, "The model service limits requests (429); next try in 1.0 s, 1 of 1"), (progress.Reason, progress.Message));
        Assert.Equal("There.", Assert.IsType<AgentCompleted>(events[^1]).Text);
    }

    [Fact]
    public async Task A_stream_that_breaks_off_is_taken_back_for_the_answer_that_follows()
    {
        Model.Enqueue(FakeModelTurn.Say("half of the first answer").CutAfter(3), FakeModelTurn.Say("the whole second answer"));

        var events = await RunAsync("Hello");

        Assert.Contains(events, agentEvent => agentEvent is AgentText { Text: "half " });
        Assert.Equal("the whole second answer", AgentEventText.AnswerOf(events));
        Assert.Equal("the whole second answer", Assert.IsType<AgentCompleted>(events[^1]).Text);
    }

    [Theory]
    [InlineData("cut", FailureReason.ModelUnreachable)]
    [InlineData("garbage", FailureReason.ModelUnreachable)]
    [InlineData("error event", FailureReason.Overloaded)]
    public async Task A_message_that_breaks_off_after_a_whole_block_fails_and_keeps_what_was_said(string fault, FailureReason reason)
    {
        var turn = FakeModelTurn.Say("I run it.").CallTool("Bash", new { command = "echo a command that is long enough to be cut" });
        Model.Enqueue(fault switch { "cut" => turn.CutAfter(4), "garbage" => turn.GarbageAfter(4), _ => turn.ErrorEventAfter(4) });

        var events = await RunAsync("Run it");

        Assert.Equal(reason, Assert.IsType<AgentFailed>(events[^1]).Failure.Reason);
        Assert.Equal("I run it.", AgentEventText.AnswerOf(events));
        Assert.Empty(events.OfType<AgentToolStarted>());
    }

    [Fact]
    public async Task An_answer_cut_at_the_length_limit_is_one_text()
    {
        Model.Enqueue(FakeModelTurn.Say("The answer is forty-").OutOfTokens(), FakeModelTurn.Say("two."));

        var events = await RunAsync("What is it?");

        Assert.Equal("The answer is forty-two.", Assert.IsType<AgentCompleted>(events[^1]).Text);
    }

    [Fact]
    public async Task An_unknown_session_is_told_from_a_crash()
    {
        var events = await RunAsync(Request("Go on") with { SessionId = "99999999-2222-4333-8444-555555555555" });

        Assert.Equal(FailureReason.SandboxLost, Assert.IsType<AgentFailed>(events[^1]).Failure.Reason);
    }

    [Fact]
    public async Task A_killed_program_ends_as_killed_and_its_open_tool_is_closed()
    {
        Model.Enqueue(FakeModelTurn.UseTool("Bash", new { command = "sleep 600" }, "call"));
        var run = await StartAsync(Request("Wait"));
        await run.WaitForAsync(agentEvent => agentEvent is AgentToolStarted, Ct);

        run.Kill();
        var events = await run.EndAsync(Ct);

        Assert.Equal(FailureReason.OutOfMemory, Assert.IsType<AgentFailed>(events[^1]).Failure.Reason);
        Assert.True(Assert.Single(events.OfType<AgentToolFinished>()).IsError);
    }

    public static TheoryData<string, FailureReason> Faults => new()
    {
        { "overloaded", FailureReason.Overloaded },
        { "server error", FailureReason.Overloaded },
        { "rate limited", FailureReason.RateLimited },
        { "forbidden", FailureReason.Authentication },
        { "no credit", FailureReason.BudgetExceeded },
        { "prompt too long", FailureReason.ContextTooLong },
        { "bad request", FailureReason.BadRequest },
        { "not found", FailureReason.BadRequest },
        { "refusal", FailureReason.Refused },
        { "cut", FailureReason.ModelUnreachable },
        { "too many turns", FailureReason.BudgetExceeded },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_that_stays_ends_the_run_with_its_reason(string fault, FailureReason reason)
    {
        Model.Otherwise = _ => fault switch
        {
            "overloaded" => FakeModelTurn.Overloaded(),
            "server error" => FakeModelTurn.ServerError(),
            "rate limited" => FakeModelTurn.RateLimited(),
            "forbidden" => FakeModelTurn.Forbidden(),
            "no credit" => FakeModelTurn.NoCredit(),
            "prompt too long" => FakeModelTurn.PromptTooLong(),
            "bad request" => FakeModelTurn.BadRequest(),
            "not found" => FakeModelTurn.NotFound(),
            "refusal" => FakeModelTurn.Refusal(),
            "cut" => FakeModelTurn.Say("never to the end").CutAfter(1),
            _ => FakeModelTurn.UseTool("Bash", new { command = "true" }),
        };

        var events = await RunAsync("Hello");

        var failed = Assert.IsType<AgentFailed>(events[^1]);
        Assert.Equal(reason, failed.Failure.Reason);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("error event")]
    [InlineData("web page")]
    public async Task A_stream_that_makes_no_sense_is_asked_for_again(string fault)
    {
        Model.Enqueue(
            fault switch
            {
                "garbage" => FakeModelTurn.Say("one two three").GarbageAfter(2),
                "error event" => FakeModelTurn.Say("one two three").ErrorEventAfter(2),
                _ => FakeModelTurn.WebPage(),
            },
            FakeModelTurn.Say("The answer."));

        var events = await RunAsync("Hello");

        Assert.Equal("The answer.", AgentEventText.AnswerOf(events));
        Assert.Equal("The answer.", Assert.IsType<AgentCompleted>(events[^1]).Text);
    }
}
