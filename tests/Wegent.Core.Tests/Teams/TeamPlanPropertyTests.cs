using CsCheck;
using Wegent.Tasks;
using Wegent.Teams;
using static Wegent.Core.Tests.Teams.TeamExamples;

namespace Wegent.Core.Tests.Teams;

/// <summary>Whatever members answer, in whatever order they end, fail, are retried, and however often the host is killed in between: each step is legal, and there is an end.</summary>
public sealed class TeamPlanPropertyTests
{
    private static readonly string[] Answers =
    [
        "", "words", "PASS", "RESULT: 42", "[]", "[ ]", "{", """{"member":"bot-1"}""", """{"member":"bot-2"}""", """{"member":"bot-9"}""",
        """[{"member":"bot-1","prompt":"x"}]""", """[{"member":"bot-1","prompt":"x"},{"member":"bot-2","prompt":"y"},{"member":"bot-1","prompt":"z"}]""",
        """[{"member":"bot-2"}]""",
    ];

    private static readonly Gen<(int Answer, int Pick, int End)[]> Fates = Gen.Select(Gen.Int[0, 1000], Gen.Int[0, 1000], Gen.Int[0, 99]).Array[300];

    [Theory]
    [InlineData("solo")]
    [InlineData("pipeline")]
    [InlineData("route")]
    [InlineData("coordinate")]
    [InlineData("collaborate")]
    public void Every_way_a_turn_can_go_is_legal_and_ends(string model) =>
        Gen.Select(Fates, Gen.Int[1, 4], Gen.Int[1, 5]).Sample((fates, members, rounds) => Play(model, fates, members, rounds), iter: 2_000, threads: 1);

    private static void Play(string model, (int Answer, int Pick, int End)[] fates, int members, int rounds)
    {
        var plan = Plan(model, [.. Enumerable.Range(0, members).Select(i => Member($"bot-{i}", role: i == 0 ? "leader" : null))]) with { MaxRounds = rounds };
        var fate = new Queue<(int Answer, int Pick, int End)>(fates);
        var runs = new List<Subtask>();
        var progress = 0;
        while (true)
        {
            var step = TeamPlan.Next(plan, Turn("go", [.. runs]));
            Assert.Equal(Show(step), Show(TeamPlan.Next(plan, Turn("go", [.. runs])))); // a restarted host asks again
            switch (step)
            {
                case StartRuns start:
                    Assert.NotEmpty(start.Runs);
                    Assert.Equal(start.Runs.Count, start.Runs.Select(run => run.Member).Distinct().Count()); // nobody works beside itself
                    Assert.All(start.Runs, run => Assert.InRange(run.Member, 0, members - 1));
                    Assert.All(start.Runs, run => Assert.False(string.IsNullOrWhiteSpace(run.Prompt)));
                    foreach (var run in start.Runs)
                        runs.Add(Run(run.Member, TaskState.Pending, null) with { Id = runs.Count + 2, MessageId = runs.Count + 2 });
                    Assert.InRange(runs.Count, 1, (members * rounds) + members + 3);
                    break;

                case ResumeRuns resume:
                    // All that were open end, in any order; a host that is killed in between leaves some open.
                    var open = resume.Runs.ToList();
                    Assert.Equal(runs.Where(run => !run.Status.IsFinal()).Select(run => run.Id), open.Select(run => run.Id));
                    for (var left = open.Count; left > 0 && fate.Count > 0; left--)
                    {
                        var next = fate.Dequeue();
                        var ending = open[next.Pick % open.Count];
                        open.Remove(ending);
                        runs[(int)ending.Id - 2] = End(ending, next);
                        progress = Math.Max(progress, TeamPlan.ProgressAfter(plan, Turn("go", [.. runs]), ending));
                        Assert.InRange(progress, 0, 99);
                        if (next.End % 7 == 0)
                            break;
                    }

                    break;

                case CompleteTurn:
                    Assert.Equal(TaskState.Completed, runs[^1].Status);
                    return;

                case FailTurn fail:
                    Assert.Contains(runs, run => run.Status is TaskState.Failed or TaskState.Cancelled);
                    Assert.Equal(runs.Exists(run => run.Status == TaskState.Cancelled), fail.Failure.Reason == FailureReason.Cancelled);
                    if (fate.Count < 150 || !fate.TryDequeue(out var retry) || retry.End < 30)
                        return;
                    var again = runs.FindLastIndex(run => run.Status is TaskState.Failed or TaskState.Cancelled); // a person retries
                    runs[again] = runs[again] with { Status = TaskState.Pending, Result = null };
                    break;

                default:
                    Assert.Fail($"{step} is no legal step");
                    break;
            }
        }
    }

    private static Subtask End(Subtask run, (int Answer, int Pick, int End) fate) => fate.End switch
    {
        < 12 => run with { Status = TaskState.Failed, Reason = FailureReason.RateLimited, ErrorMessage = "too fast" },
        < 15 => run with { Status = TaskState.Cancelled },
        < 20 => run with { Status = TaskState.Pending }, // an attempt that is tried again later
        _ => run with { Status = TaskState.Completed, Result = new SubtaskResult { Value = Answers[fate.Answer % Answers.Length] } },
    };

    private static string Show(TeamStep step) => step switch
    {
        StartRuns start => string.Join('\n', start.Runs),
        ResumeRuns resume => string.Join(',', resume.Runs.Select(run => run.Id)),
        _ => step.ToString(),
    };
}
