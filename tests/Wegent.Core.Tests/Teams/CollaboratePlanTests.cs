using Wegent.Tasks;
using Wegent.Teams;
using static Wegent.Core.Tests.Teams.TeamExamples;

namespace Wegent.Core.Tests.Teams;

public sealed class CollaboratePlanTests
{
    private static readonly ExecutionPlan Team = Plan("collaborate", Member("boss", role: "leader"), Member("a"), Member("b")) with { MaxRounds = 2 };

    [Fact]
    public void Each_member_hears_what_was_said_before()
    {
        var first = Assert.Single(Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello"))).Runs);
        Assert.Equal(0, first.Member);
        Assert.Contains("together with a, b. You are boss", first.Prompt, StringComparison.Ordinal);
        Assert.Contains("Nobody has spoken yet.", first.Prompt, StringComparison.Ordinal);

        var third = Assert.Single(Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello", Done(0, "one"), Done(1, "two")))).Runs);
        Assert.Equal(2, third.Member);
        Assert.Contains("boss:\none\n\na:\ntwo\n", third.Prompt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PASS")]
    [InlineData(" **Pass.** \n")]
    public void A_round_in_which_all_pass_ends_it_and_the_leader_sums_up(string pass)
    {
        var turn = Turn("hello", Done(0, pass), Done(1, pass), Done(2, pass));

        var sum = Assert.Single(Assert.IsType<StartRuns>(TeamPlan.Next(Team, turn)).Runs);

        Assert.Equal(0, sum.Member);
        Assert.StartsWith("Your team has talked", sum.Prompt, StringComparison.Ordinal);
        Assert.IsType<CompleteTurn>(TeamPlan.Next(Team, turn with { Runs = [.. turn.Runs, Done(0, "so be it")] }));
    }

    [Fact]
    public void A_declared_result_ends_it_and_the_leader_sums_up()
    {
        var sum = Assert.Single(Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello", Done(0, "one"), Done(1, "RESULT: 42")))).Runs);

        Assert.Equal(0, sum.Member);
        Assert.EndsWith("a:\nRESULT: 42\n", sum.Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_that_the_leader_declares_is_the_answer() =>
        Assert.IsType<CompleteTurn>(TeamPlan.Next(Team, Turn("hello", Done(0, "**RESULT:** 42"))));

    [Fact]
    public void The_last_round_ends_it()
    {
        Subtask[] talk = [Done(0, "1"), Done(1, "2"), Done(2, "3"), Done(0, "4"), Done(1, "5")];
        Assert.Equal(2, Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello", talk))).Runs[0].Member);

        var sum = Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello", [.. talk, Done(2, "6")]))).Runs[0];
        Assert.StartsWith("Your team has talked", sum.Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_that_fails_is_not_asked_again_and_the_others_hear_of_it()
    {
        var failed = Run(1, TaskState.Failed, null);
        var next = Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello", Done(0, "1"), failed, Done(2, "3"), Done(0, "4")))).Runs[0];

        Assert.Equal(2, next.Member);
        Assert.Contains("a:\n[failed, and takes no further part]", next.Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public void With_nobody_left_but_the_leader_the_turn_fails() => Assert.IsType<FailTurn>(
        TeamPlan.Next(Team, Turn("hello", Done(0, "1"), Run(1, TaskState.Failed, null), Run(2, TaskState.Failed, null))));

    [Fact]
    public void A_failed_leader_fails_the_turn() =>
        Assert.IsType<FailTurn>(TeamPlan.Next(Team, Turn("hello", Run(0, TaskState.Failed, null))));

    [Fact]
    public void Long_talk_is_told_within_a_bound_and_says_what_is_missing()
    {
        var team = Team with { MaxRounds = 50 };
        var talk = Enumerable.Range(0, 60).Select(i => Done(i % 3, new string('x', 40_000))).ToArray();

        var prompt = Assert.IsType<StartRuns>(TeamPlan.Next(team, Turn("hello", talk))).Runs[0].Prompt;

        Assert.InRange(prompt.Length, 64 * 1024, 160 * 1024);
        Assert.Contains("[57 earlier contributions are left out.]", prompt, StringComparison.Ordinal);
        Assert.Contains("[7232 more characters are left out.]", prompt, StringComparison.Ordinal);
    }
}
