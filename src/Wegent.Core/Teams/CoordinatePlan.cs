using System.Text;
using System.Text.Json;
using Wegent.Tasks;

namespace Wegent.Teams;

/// <summary>
/// The leader splits the request among the members, in a fixed form; they work in parallel; the leader gets all results, failures
/// named, and writes the answer. A leader that does not keep to the form is asked once more, and then answers itself.
/// </summary>
internal static class CoordinatePlan
{
    public const string Model = "coordinate";

    private const int MaxAsks = 2;

    public static TeamStep Next(ExecutionPlan plan, Turn turn)
    {
        var roster = new TeamRoster(plan);
        if (turn.Runs.FirstOrDefault(run => run.Status == TaskState.Cancelled) is { } cancelled)
            return TeamPlan.FailedBy(cancelled);
        if (turn.Runs.FirstOrDefault(run => run.Status == TaskState.Failed && run.Member == roster.Leader) is { } failed)
            return TeamPlan.FailedBy(failed);

        // The runs are read in order: questions to the leader until one is answered in the form, the parts, then the answer.
        List<PlannedRun>? parts = null;
        var asks = 0;
        if (roster.Others.Any())
        {
            while (parts is null && asks < MaxAsks)
            {
                if (asks == turn.Runs.Count)
                    return new StartRuns([new PlannedRun(roster.Leader, Ask(roster, turn.Message.Prompt, isAgain: asks > 0))]);
                parts = PartsIn(turn.Runs[asks].Result?.Value ?? "", roster);
                asks++;
            }
        }

        if (parts is null or [])
            return turn.Runs.Count > asks ? new CompleteTurn() : new StartRuns([new PlannedRun(roster.Leader, turn.Message.Prompt)]);

        Subtask[] done = [.. turn.Runs.Skip(asks).Take(parts.Count)];
        if (done.Length == 0)
            return new StartRuns(parts);
        if (Array.TrueForAll(done, run => run.Status == TaskState.Failed))
            return TeamPlan.FailedBy(done[0]); // nothing to write an answer from
        return turn.Runs.Count > asks + parts.Count
            ? new CompleteTurn()
            : new StartRuns([new PlannedRun(roster.Leader, Summon(roster, turn.Message.Prompt, done))]);
    }

    // A member that is named twice gets both parts in one run: it has one thread of thought in a task.
    private static List<PlannedRun>? PartsIn(string answer, TeamRoster roster) =>
        answer.Trim(' ', '\t', '\r', '\n', '`') is "[]" or "json\n[]" ? [] : LeaderAnswer.Find(answer, '[', value => ReadParts(value, roster));

    // An empty list among other words is no decision: it may be a box to be ticked.
    private static List<PlannedRun>? ReadParts(JsonElement list, TeamRoster roster)
    {
        var parts = new List<PlannedRun>();
        foreach (var item in list.EnumerateArray())
        {
            if (LeaderAnswer.TextOf(item, "member") is not { } name || LeaderAnswer.TextOf(item, "prompt") is not { } prompt || string.IsNullOrWhiteSpace(prompt))
                return null;
            if (roster.FindOther(name) is var member && member < 0)
                return null;
            if (parts.FindIndex(part => part.Member == member) is var known and >= 0)
                parts[known] = parts[known] with { Prompt = $"{parts[known].Prompt}\n\n{prompt}" };
            else
                parts.Add(new PlannedRun(member, prompt));
        }

        return parts.Count > 0 ? parts : null;
    }

    private static string Ask(TeamRoster roster, string request, bool isAgain) =>
        $$"""
        {{(isAgain ? "Your last answer was not in the form below, or named somebody who is not in the team. Do it now, and write nothing else.\n\n" : "")}}You lead a team. Split the request below into parts that members can work on side by side, without waiting for each other. The members:

        {{roster.DescribeOthers()}}
        Each member sees only the prompt that you write for it, so put everything in that it needs to know. Not everybody has to get a part.
        You will get all results, and write the answer then. Answer now with one JSON list and nothing else; an empty list means that you
        need nobody:
        [{"member": "NAME", "prompt": "WHAT IT IS TO DO"}]

        The request:

        {{request}}
        """;

    private static string Summon(TeamRoster roster, string request, Subtask[] done)
    {
        var text = new StringBuilder("Your team has done its parts. Write the answer to the request below from their results; where a member failed, say what is missing because of it.\n\nThe request:\n\n")
            .Append(request).Append('\n');
        foreach (var run in done)
        {
            text.Append('\n').Append(run.Status == TaskState.Completed ? "Result of " : "Failed: ").Append(roster.NameOf(run.Member)).Append(":\n")
                .Append(run.Status == TaskState.Completed ? Transcript.Shorten(run.Result?.Value ?? "") : run.ErrorMessage ?? "it gave no reason").Append('\n');
        }

        return text.ToString();
    }
}
