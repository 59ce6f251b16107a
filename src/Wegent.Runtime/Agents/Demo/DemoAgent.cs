using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Wegent.Agents;
using Wegent.Resources;
using Wegent.Tasks;

namespace Wegent.Runtime.Agents.Demo;

/// <summary>
/// An agent for the first minute, for demonstrations and for tests: it needs no key, no network and no sandbox, and says what it is. It streams
/// a scripted answer within a second or two, thinks, uses a tool, and where the task has a workspace on this machine it keeps a file DEMO.md in it.
/// </summary>
/// <remarks>
/// The same request in the same workspace gives the same answer. Two words in a prompt change what it does: <c>demo:fail</c> lets the run fail,
/// and <c>demo:slow 30</c> stretches it over 30 seconds (1 to 3600). Tokens are counted as words, and cost nothing.
/// </remarks>
internal sealed partial class DemoAgent(TimeProvider clock) : IHostedAgent
{
    /// <summary>Word in a prompt that lets the run fail.</summary>
    public const string FailWord = "demo:fail";

    private const int PiecesOfTool = 5; // a tool takes as long as five words

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(1.4);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public string ShellType => ShellTypes.Demo;

    /// <inheritdoc/>
    /// <remarks>The first words come at once, without a wait.</remarks>
    public async IAsyncEnumerable<AgentEvent> RunAsync(AgentRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        DemoStep[] steps = [.. DemoScript.For(request)];
        var pause = PauseOf(request.Prompt, steps);
        var wait = TimeSpan.Zero; // none before the first piece
        var blocks = 0;
        var words = 0;
        foreach (var step in steps)
        {
            blocks++;
            switch (step)
            {
                case DemoText or DemoThought:
                    foreach (var word in WordsOf(TextOf(step)))
                    {
                        await PauseAsync(wait, cancellationToken).ConfigureAwait(false);
                        wait = pause;
                        words++;
                        yield return step is DemoText ? new AgentText($"text-{blocks}", word) : new AgentThinking($"thinking-{blocks}", word);
                    }

                    break;
                case DemoTool tool:
                    var call = $"{request.ExecutionId}-tool-{blocks}";
                    yield return new AgentToolStarted(call, tool.Name, tool.Input);
                    await PauseAsync(pause * PiecesOfTool, cancellationToken).ConfigureAwait(false);
                    var result = tool.Run();
                    yield return new AgentToolFinished(call, result.Output, result.IsError);
                    break;
                case DemoFailure:
                    yield return new AgentFailed(new(FailureReason.ToolFailure, $"The demo agent failed because the prompt holds {FailWord}"), UsageOf(request, words));
                    yield break;
            }
        }

        yield return new AgentCompleted(Text: null, UsageOf(request, words));
    }

    /// <summary>The words of a text, each with the white space after it.</summary>
    internal static IReadOnlyList<string> WordsOf(string text) => [.. Word().Matches(text).Select(match => match.Value)];

    private static string TextOf(DemoStep step) => step switch
    {
        // The line ends, so that whoever prints pieces one after the other gets paragraphs.
        DemoText text => text.Text + "\n",
        DemoThought thought => thought.Text + "\n",
        _ => "",
    };

    private static TokenUsage UsageOf(AgentRequest request, int words) =>
        new(WordsOf(request.Prompt).Count + WordsOf(request.SystemPrompt).Count, words, CacheReadTokens: 0, CostUsd: 0);

    private static TimeSpan PauseOf(string prompt, DemoStep[] steps)
    {
        var pieces = Math.Max(1, steps.Sum(step => step is DemoTool ? PiecesOfTool : WordsOf(TextOf(step)).Count) - 1);
        if (Slow().Match(prompt) is { Success: true } slow)
            return TimeSpan.FromSeconds(Math.Clamp(int.Parse(slow.Groups["seconds"].Value), 1, 3600)) / pieces;
        var pause = Length / pieces;
        return pause < LongestPause ? pause : LongestPause;
    }

    private Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return pause == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(pause, clock, cancellationToken);
    }

    [GeneratedRegex(@"\S+\s*|\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"demo:slow\s+(?<seconds>\d{1,4})\b", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Slow();
}
