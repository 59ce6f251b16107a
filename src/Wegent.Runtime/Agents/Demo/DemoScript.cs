using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Wegent.Agents;

namespace Wegent.Runtime.Agents.Demo;

/// <summary>
/// Composes what the demo agent plays for a request. The part it plays (planner, builder, reviewer, or one that does it all) follows from the
/// bot's name and prompt, and a later stage of a pipeline takes up what the stage before left, so that a team of demo bots makes sense together.
/// </summary>
internal static partial class DemoScript
{
    private const string Introduction = "This is Wegent's demo agent: a script that runs offline and asks no model.";

    private const int LongestTopic = 90;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly (string Part, string[] Words)[] Parts =
    [
        ("planner", ["plan", "architect", "analy", "design", "manag", "lead"]),
        ("reviewer", ["review", "test", "check", "critic", "quality"]),
        ("builder", ["build", "develop", "engineer", "code", "coding", "implement", "program", "writ"]),
    ];

    /// <summary>The steps, in order.</summary>
    public static IEnumerable<DemoStep> For(AgentRequest request)
    {
        if (DemoLeader.For(request.Prompt) is { } decision)
        {
            foreach (var step in decision)
                yield return step;
            yield break;
        }

        var part = PartOf(request);
        var input = Read(request.Prompt);
        yield return new DemoText($"{Introduction} It plays {request.BotName}{(part is null || request.BotName.Contains(part, StringComparison.OrdinalIgnoreCase) ? "" : $", the {part}")}.");
        if (request.Prompt.Contains(DemoAgent.FailWord, StringComparison.OrdinalIgnoreCase))
        {
            yield return new DemoThought($"The prompt holds the word {DemoAgent.FailWord}, so this run is to fail.");
            yield return new DemoFailure();
            yield break;
        }

        var steps = part switch
        {
            "planner" => Plan(request, input),
            "builder" => Build(request, input),
            "reviewer" => Review(input),
            _ => Alone(request, input),
        };
        foreach (var step in steps)
            yield return step;
    }

    private static IEnumerable<DemoStep> Plan(AgentRequest request, Input input)
    {
        var names = Names(request);
        yield return new DemoThought($"The request is “{input.Topic}”. I look at what is there, then split it into steps that can be checked one by one.");
        yield return Look(request, input, names);
        yield return new DemoText(
            $"Plan for “{input.Topic}”:\n\n" +
            $"1. Find the place where it belongs{(names is [var first, ..] ? $", starting at {first}" : "")}.\n" +
            "2. Make the smallest change that does it.\n" +
            "3. Run it once and look at what comes out.\n\n" +
            "Whoever comes next can begin with step 1.");
    }

    private static IEnumerable<DemoStep> Build(AgentRequest request, Input input)
    {
        var steps = input.Steps.Count > 0 ? input.Steps : ["Find the place where it belongs.", "Make the smallest change that does it."];
        var whose = input.Steps.Count > 0 ? $"the steps of {input.Before}" : "two steps of my own";
        yield return new DemoThought(input.Steps.Count > 0
            ? $"{Capital(input.Before)} left {Count(steps.Count, "step")} for “{input.Topic}”. I take them in order and write down what I did."
            : $"Nobody left me a plan for “{input.Topic}”, so I make do with two steps and write down what I did.");
        var report = string.Join('\n', steps.Select(step => $"- {step}"));
        if (request.WorkspaceFolder is { } folder)
        {
            yield return Write(request, folder, $"Request: {input.Topic}\n\n{report}");
            yield return new DemoText($"I went through {whose}, on paper:\n\n{report}\n\n{DemoWorkspace.FileName} in the workspace holds this list. A real agent would have changed your code; I leave it as it is.");
        }
        else
        {
            yield return Look(request, input, names: []);
            yield return new DemoText($"I went through {whose}, on paper:\n\n{report}\n\nThis task has no workspace, so nothing was written. A real agent would have changed your code.");
        }
    }

    private static IEnumerable<DemoStep> Review(Input input)
    {
        yield return new DemoThought($"I read what {input.Before} left, and compare it with “{input.Topic}”.");
        yield return CountWords(input.Result ?? input.Topic);
        yield return new DemoText(input.Result is null
            ? $"There is nothing to review yet for “{input.Topic}”. Put me behind a builder in a pipeline."
            : $"I read the result of {input.Before}: {Count(WordsOf(input.Result), "word")}{(input.Steps.Count > 0 ? $", {Count(input.Steps.Count, "step")}" : "")}. It fits “{input.Topic}”; I have nothing to add.");
    }

    private static IEnumerable<DemoStep> Alone(AgentRequest request, Input input)
    {
        yield return new DemoThought($"The request is “{input.Topic}”. I show what an agent's answer looks like: reasoning, a tool, and text.");
        if (request.WorkspaceFolder is { } folder)
            yield return Write(request, folder, $"Request: {input.Topic}");
        else
            yield return Look(request, input, names: []);
        yield return new DemoText(
            $"A script has no answer to “{input.Topic}”" +
            (request.WorkspaceFolder is null ? "." : $", but I noted it in {DemoWorkspace.FileName}.") +
            (request.History.Count > 0 ? $" This task has {Count(request.History.Count, "message")} before this one." : "") +
            " For a real answer, let the bot's shell be ClaudeCode and give it a model with a key.");
    }

    private static DemoTool Look(AgentRequest request, Input input, IReadOnlyList<string> names) => request.WorkspaceFolder is null
        ? CountWords(input.Topic)
        : new DemoTool("list_files", Arguments(("path", ".")), () => new(names.Count == 0 ? "(empty)" : string.Join('\n', names)));

    private static DemoTool CountWords(string text) =>
        new("count_words", Arguments(("text", text.Length <= 200 ? text : text[..200])), () => new(Count(WordsOf(text), "word")));

    private static DemoTool Write(AgentRequest request, string folder, string text)
    {
        var heading = $"## {request.BotName}, task {request.TaskId}, run {request.SubtaskId}";
        return new("write_file", Arguments(("path", DemoWorkspace.FileName), ("content", $"{heading}\n\n{text}")), () => new DemoWorkspace(folder).Add(heading, text));
    }

    private static JsonElement Arguments(params ReadOnlySpan<(string Name, string Value)> arguments)
    {
        Dictionary<string, string> map = [];
        foreach (var (name, value) in arguments)
            map[name] = value;
        return JsonSerializer.SerializeToElement(map, Readable);
    }

    private static IReadOnlyList<string> Names(AgentRequest request)
    {
        try
        {
            return request.WorkspaceFolder is { } folder ? new DemoWorkspace(folder).Names() : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The part a bot plays, by the first word in its name, then in its prompt, that tells; null when none does.</summary>
    private static string? PartOf(AgentRequest request)
    {
        foreach (var text in new[] { request.BotName, request.SystemPrompt })
        {
            var found = Parts
                .Select(part => (part.Part, At: part.Words.Min(word => StartOf(word, text))))
                .MinBy(part => part.At);
            if (found.At < int.MaxValue)
                return found.Part;
        }

        return null;
    }

    /// <summary>Where a word begins that starts with these letters.</summary>
    private static int StartOf(string letters, string text)
    {
        for (var at = text.IndexOf(letters, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(letters, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            if (at == 0 || !char.IsLetter(text[at - 1]))
                return at;
        }

        return int.MaxValue;
    }

    /// <summary>What a prompt says: the request, and in a later stage of a pipeline what the stage before left.</summary>
    private static Input Read(string prompt)
    {
        var handover = Handover().Match(prompt);
        if (handover.Success)
            return Of(prompt[..handover.Index], prompt[(handover.Index + handover.Length)..].Trim(), handover.Groups["bot"].Value);
        // A stage that gets nothing but the result of the one before finds the request quoted in it.
        if (Played().Match(prompt) is { Success: true } played)
            return Of(Quoted().Match(prompt) is { Success: true } quoted ? quoted.Groups["text"].Value : "", prompt, played.Groups["bot"].Value);
        return Of(prompt, result: null, "the plan");

        static Input Of(string request, string? result, string before)
        {
            var topic = request.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()?.TrimEnd('.', '!', ':') ?? "the request";
            if (topic.Length > LongestTopic)
                topic = topic[..LongestTopic].TrimEnd() + "…";
            return new(topic, result, before, [.. Numbered().Matches(result ?? request).Select(match => match.Groups["step"].Value.Trim()).Take(10)]);
        }
    }

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static string Count(int number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");

    private static int WordsOf(string text) => DemoAgent.WordsOf(text).Count;

    /// <summary>The line with which a pipeline hands over the result of the stage before.</summary>
    [GeneratedRegex(@"^Result of the stage before \((?<bot>.+?)\):\s*$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Handover();

    [GeneratedRegex(@"^\s*\d{1,2}[.)]\s+(?<step>.+)$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbered();

    /// <summary>The first words of another demo bot.</summary>
    [GeneratedRegex(@"^This is Wegent's demo agent: .* It plays (?<bot>[^,\n]+?)(, the \w+)?\.\s*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Played();

    [GeneratedRegex("“(?<text>[^”\\n]+)”", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();

    /// <param name="Topic">The request in one line.</param>
    /// <param name="Result">What the stage before left; null when there is none.</param>
    /// <param name="Before">Who left it.</param>
    /// <param name="Steps">Its numbered lines.</param>
    private sealed record Input(string Topic, string? Result, string Before, IReadOnlyList<string> Steps);
}
