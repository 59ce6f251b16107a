using Wegent.Tasks;
using Wegent.Teams;
using static Wegent.Core.Tests.Teams.TeamExamples;

namespace Wegent.Core.Tests.Teams;

public sealed class TeamPlanTests
{
    [Fact]
    public void Solo_starts_its_leader_with_the_users_words()
    {
        var plan = Plan("solo", Member("a"), Member("b", role: "leader"));

        var start = Assert.IsType<StartRuns>(TeamPlan.Next(plan, Turn("hello")));

        Assert.Equal([new PlannedRun(1, "hello")], start.Runs);
    }

    [Fact]
    public void Solo_without_a_leader_starts_its_first_member() =>
        Assert.Equal([new PlannedRun(0, "hello")], Assert.IsType<StartRuns>(TeamPlan.Next(Plan("solo", Member("a"), Member("b")), Turn("hello"))).Runs);

    [Fact]
    public void Solo_ends_with_its_one_answer() =>
        Assert.IsType<CompleteTurn>(TeamPlan.Next(Plan("solo", Member("a")), Turn("hello", Done(0, "hi"))));

    [Theory]
    [InlineData(null, "hello\n\nResult of the stage before (bot-0):\nhi")]
    [InlineData("original_and_previous", "hello\n\nResult of the stage before (bot-0):\nhi")]
    [InlineData("original_user", "hello")]
    [InlineData("previous_bot", "hi")]
    [InlineData("none", "Begin.")]
    public void A_pipeline_hands_on_what_the_stage_says(string? contextPassing, string input)
    {
        var plan = Plan("pipeline", Member("a") with { ContextPassing = contextPassing }, Member("b"));

        var start = Assert.IsType<StartRuns>(TeamPlan.Next(plan, Turn("hello", Done(0, "hi"))));

        Assert.Equal([new PlannedRun(1, input)], start.Runs);
    }

    [Fact]
    public void A_pipeline_waits_for_a_person_where_the_stage_says_so()
    {
        var plan = Plan("pipeline", Member("a") with { RequireConfirmation = true }, Member("b"));
        var turn = Turn("hello", Done(0, "hi"));

        Assert.IsType<AwaitConfirmation>(TeamPlan.Next(plan, turn));
        Assert.Equal(1, TeamPlan.AfterConfirmation(plan, turn)?.Member);
    }

    [Fact]
    public void A_confirmed_stage_is_a_stored_run_and_is_taken_up()
    {
        var plan = Plan("pipeline", Member("a") with { RequireConfirmation = true }, Member("b"));
        var pending = Run(1, TaskState.Pending, null);

        Assert.Equal([pending], Assert.IsType<ResumeRuns>(TeamPlan.Next(plan, Turn("hello", Done(0, "hi"), pending))).Runs);
    }

    [Fact]
    public void The_last_stage_ends_the_pipeline_even_if_it_asks_for_confirmation() =>
        Assert.IsType<CompleteTurn>(TeamPlan.Next(
            Plan("pipeline", Member("a"), Member("b") with { RequireConfirmation = true }),
            Turn("hello", Done(0, "hi"), Done(1, "ho"))));

    [Theory]
    [InlineData("solo")]
    [InlineData("pipeline")]
    public void A_failed_run_fails_the_turn_for_its_own_reason(string model)
    {
        var failed = Run(0, TaskState.Failed, null) with { Reason = FailureReason.RateLimited, ErrorMessage = "too fast" };

        var fail = Assert.IsType<FailTurn>(TeamPlan.Next(Plan(model, Member("a"), Member("b")), Turn("hello", failed)));

        Assert.Equal(new Failure(FailureReason.RateLimited, "too fast"), fail.Failure);
    }

    [Theory]
    [InlineData("solo")]
    [InlineData("pipeline")]
    public void A_cancelled_run_ends_the_turn_as_cancelled(string model) =>
        Assert.Equal(
            FailureReason.Cancelled,
            Assert.IsType<FailTurn>(TeamPlan.Next(Plan(model, Member("a"), Member("b")), Turn("hello", Run(0, TaskState.Cancelled, null)))).Failure.Reason);

    [Fact]
    public void A_model_that_cannot_be_run_says_which_can()
    {
        var fail = Assert.IsType<FailTurn>(TeamPlan.Next(Plan("chorus", Member("a")), Turn("hello")));

        Assert.Equal(FailureReason.Misconfigured, fail.Failure.Reason);
        Assert.Contains("solo, pipeline, route, coordinate, collaborate", fail.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_order_of_ends_leads_a_pipeline_to_its_end()
    {
        // Every way three stages can go, told by the states that a store could hold between them.
        var plan = Plan("pipeline", Member("a"), Member("b"), Member("c"));
        Walk([]);

        void Walk(Subtask[] runs)
        {
            switch (TeamPlan.Next(plan, Turn("go", runs)))
            {
                case StartRuns start:
                    Assert.Equal(runs.Length, Assert.Single(start.Runs).Member);
                    Walk([.. runs, Run(runs.Length, TaskState.Pending, null)]);
                    break;
                case ResumeRuns resume:
                    Assert.Equal([runs[^1]], resume.Runs);
                    Walk([.. runs[..^1], runs[^1] with { Status = TaskState.Completed, Result = new SubtaskResult { Value = "x" } }]);
                    Walk([.. runs[..^1], runs[^1] with { Status = TaskState.Failed, Reason = FailureReason.Internal }]);
                    Walk([.. runs[..^1], runs[^1] with { Status = TaskState.Cancelled }]);
                    break;
                case CompleteTurn:
                    Assert.Equal(3, runs.Length);
                    break;
                case FailTurn:
                    Assert.NotEqual(TaskState.Completed, runs[^1].Status);
                    break;
                case var other:
                    Assert.Fail($"{other} is no legal step");
                    break;
            }
        }
    }
}
