using Wegent.Tasks;
using Wegent.Teams;
using static Wegent.Core.Tests.Teams.TeamExamples;

namespace Wegent.Core.Tests.Teams;

public sealed class RoutePlanTests
{
    private static readonly ExecutionPlan Team = Plan(
        "route",
        Member("boss", role: "leader"),
        Member("sql") with { Capability = "Knows\nSQL" },
        Member("generic-bot") with { Name = "web", SystemPrompt = "You build web pages.\nIn HTML." });

    [Fact]
    public void The_leader_is_asked_first_and_hears_who_there_is()
    {
        var asked = Assert.Single(Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello"))).Runs);

        Assert.Equal(0, asked.Member);
        Assert.Contains("- sql: Knows SQL\n- web: You build web pages.\n", asked.Prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("boss", asked.Prompt, StringComparison.Ordinal);
        Assert.EndsWith("hello", asked.Prompt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"member": "sql"}""", 1)]
    [InlineData("""{"member":" WEB "}""", 2)]
    [InlineData("I think of pages {so not sql}, hence:\n```json\n{\n  \"reason\": \"it is {html}\", \"member\": \"web\"\n}\n```\nDone.", 2)]
    [InlineData("""First {"member":"web"}, no: {"member":"sql"}""", 1)]
    public void The_member_it_names_gets_the_users_own_words(string answer, int member) =>
        Assert.Equal([new PlannedRun(member, "hello")], Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello", Done(0, answer)))).Runs);

    [Theory]
    [InlineData("")]
    [InlineData("sql should do it")]
    [InlineData("""{"member": "nobody"}""")]
    [InlineData("""{"member": "boss"}""")]
    [InlineData("""{"member": 1}""")]
    [InlineData("""["sql"]""")]
    [InlineData("""{"member": "sql""")]
    public void An_answer_out_of_form_is_asked_for_once_more_and_then_the_leader_answers_itself(string answer)
    {
        var again = Assert.Single(Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello", Done(0, answer)))).Runs);
        Assert.Equal(0, again.Member);
        Assert.StartsWith("Your last answer named no member", again.Prompt, StringComparison.Ordinal);

        Assert.Equal([new PlannedRun(0, "hello")], Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello", Done(0, answer), Done(0, answer)))).Runs);
        Assert.IsType<CompleteTurn>(TeamPlan.Next(Team, Turn("hello", Done(0, answer), Done(0, answer), Done(0, "so be it"))));
    }

    [Fact]
    public void A_second_answer_in_form_counts() =>
        Assert.Equal([new PlannedRun(1, "hello")], Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello", Done(0, "hm"), Done(0, """{"member":"sql"}""")))).Runs);

    [Fact]
    public void The_members_answer_ends_the_turn() =>
        Assert.IsType<CompleteTurn>(TeamPlan.Next(Team, Turn("hello", Done(0, """{"member":"sql"}"""), Done(1, "select 1"))));

    [Fact]
    public void A_leader_alone_answers_at_once() =>
        Assert.Equal([new PlannedRun(0, "hello")], Assert.IsType<StartRuns>(TeamPlan.Next(Plan("route", Member("boss")), Turn("hello"))).Runs);

    [Fact]
    public void A_huge_answer_of_braces_is_read_within_a_bound() =>
        Assert.Equal(0, Assert.IsType<StartRuns>(TeamPlan.Next(Team, Turn("hello", Done(0, new string('{', 3_000_000))))).Runs[0].Member);
}
