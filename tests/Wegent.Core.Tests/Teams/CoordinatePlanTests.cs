using Wegent.Tasks;
using Wegent.Teams;
using static Wegent.Core.Tests.Teams.TeamExamples;

namespace Wegent.Core.Tests.Teams;

public sealed class CoordinatePlanTests
{
    private const string Both = """[{"member":"a","prompt":"part a"},{"member":"B","prompt":"part b"}]""";

    private static readonly ExecutionPlan Team = Plan("coordinate", Member("a"), Member("boss", role: "leader"), Member("b"));

    [Fact]
    public void The_leader_is_asked_to_split_the_request()
    {
        var asked = Assert.Single(Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello"))).Runs);

        Assert.Equal(1, asked.Member);
        Assert.Contains("- a: a member of the team\n- b: ", asked.Prompt, StringComparison.Ordinal);
        Assert.EndsWith("hello", asked.Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public void The_parts_start_side_by_side() => Assert.Equal(
        [new PlannedRun(0, "part a"), new PlannedRun(2, "part b")],
        Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello", Done(1, $"Here:\n```json\n{Both}\n```")))).Runs);

    [Fact]
    public void Two_parts_of_one_member_become_one_run() => Assert.Equal(
        [new PlannedRun(0, "x\n\nz"), new PlannedRun(2, "y")],
        Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello", Done(1, """[{"member":"a","prompt":"x"},{"member":"b","prompt":"y"},{"member":"a","prompt":"z"}]""")))).Runs);

    [Fact]
    public void The_leader_gets_all_results_with_failures_named()
    {
        var failed = Run(2, TaskState.Failed, null) with { ErrorMessage = "too fast" };

        var sum = Assert.Single(Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello", Done(1, Both), Done(0, "found it"), failed))).Runs);

        Assert.Equal(1, sum.Member);
        Assert.Contains("hello\n\nResult of a:\nfound it\n\nFailed: b:\ntoo fast\n", sum.Prompt, StringComparison.Ordinal);
        Assert.IsType<CompleteTurn>(TeamPlan.Next(Team, Turn("hello", Done(1, Both), Done(0, "found it"), failed, Done(1, "the answer"))));
    }

    [Fact]
    public void When_every_part_failed_the_turn_fails_for_the_first_reason()
    {
        var first = Run(0, TaskState.Failed, null) with { Reason = FailureReason.RateLimited, ErrorMessage = "too fast" };

        var fail = Assert.IsType<FailTurn>(TeamPlan.Next(Team, Turn("hello", Done(1, Both), first, Run(2, TaskState.Failed, null))));

        Assert.Equal(new Failure(FailureReason.RateLimited, "too fast"), fail.Failure);
    }

    [Fact]
    public void A_failed_leader_fails_the_turn() =>
        Assert.IsType<FailTurn>(TeamPlan.Next(Team, Turn("hello", Done(1, Both), Done(0, "x"), Done(2, "y"), Run(1, TaskState.Failed, null))));

    [Fact]
    public void A_cancelled_part_ends_the_turn_as_cancelled() => Assert.Equal(
        FailureReason.Cancelled,
        Assert.IsType<FailTurn>(TeamPlan.Next(Team, Turn("hello", Done(1, Both), Done(0, "x"), Run(2, TaskState.Cancelled, null)))).Failure.Reason);

    [Theory]
    [InlineData("[]")]
    [InlineData("```json\n[]\n```")]
    public void A_leader_that_needs_nobody_answers_itself(string answer)
    {
        Assert.Equal([new PlannedRun(1, "hello")], Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello", Done(1, answer)))).Runs);
        Assert.IsType<CompleteTurn>(TeamPlan.Next(Team, Turn("hello", Done(1, answer), Done(1, "so be it"))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("- [ ] a does this\n- [ ] b does that")]
    [InlineData("""[{"member":"nobody","prompt":"x"}]""")]
    [InlineData("""[{"member":"boss","prompt":"x"}]""")]
    [InlineData("""[{"member":"a"}]""")]
    [InlineData("""[{"member":"a","prompt":" "}]""")]
    [InlineData("[1]")]
    public void An_answer_out_of_form_is_asked_for_once_more_and_then_the_leader_answers_itself(string answer)
    {
        var again = Assert.Single(Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello", Done(1, answer)))).Runs);
        Assert.StartsWith("Your last answer was not in the form", again.Prompt, StringComparison.Ordinal);

        Assert.Equal([new PlannedRun(1, "hello")], Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello", Done(1, answer), Done(1, answer)))).Runs);
        Assert.IsType<CompleteTurn>(TeamPlan.Next(Team, Turn("hello", Done(1, answer), Done(1, answer), Done(1, "so be it"))));
    }
}
