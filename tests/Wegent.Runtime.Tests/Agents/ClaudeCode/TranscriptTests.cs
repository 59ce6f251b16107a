using System.Runtime.CompilerServices;
using System.Text;
using Wegent.Agents;
using Wegent.Runtime.Agents.ClaudeCode;
using Wegent.Sandboxes;
using Wegent.TestKit.Agents;

namespace Wegent.Runtime.Tests.Agents.ClaudeCode;

/// <summary>
/// Every recorded run of the real program, against the events it stands for, in Transcripts/expected-events.txt. With WEGENT_UPDATE_EXPECTED=1
/// that file is written anew; read the difference before committing it.
/// </summary>
public sealed class TranscriptTests
{
    private static readonly string[] Strangers =
    [
        "",
        "   ",
        "not json at all",
        "[1,2,3]",
        "\"text\"",
        "{",
        """{"type":"system"}""",
        """{"type":"system","subtype":"from_the_future","payload":[{"deep":1}]}""",
        """{"type":"stream_event"}""",
        """{"type":"stream_event","event":{"type":"content_block_delta","index":7,"delta":{"type":"from_the_future","text":"no"}}}""",
        """{"type":"stream_event","event":{"type":"ping"},"parent_tool_use_id":null}""",
        """{"type":"assistant"}""",
        """{"type":"user","message":{"content":"[replayed]"},"isReplay":true}""",
        """{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"never-started","content":"x"},7,null,"y"]}}""",
        """{"type":["not","text"],"message":3}""",
        """{"type":"tombstone","message":{"content":[{"type":"text","text":"gone"}]}}""",
        """{"type":"control_response","response":{"subtype":"success","request_id":"x"}}""",
        """{"type":"stream_event","parent_tool_use_id":"toolu_sub","event":{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a sub-agent's words"}}}""",
    ];

    public static TheoryData<string> Names => [.. Transcript.Names];

    private static AgentRequest Request { get; } = new() { TaskId = 1, SubtaskId = 2, Attempt = 1, BotName = "bot", Prompt = "go", SystemPrompt = "" };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_recorded_run_gives_the_expected_events(string name)
    {
        if (Environment.GetEnvironmentVariable("WEGENT_UPDATE_EXPECTED") == "1")
            WriteExpected();

        Assert.Equal(Expected(name), AgentEventText.Write(Translate(Transcript.Read(name))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Lines_that_the_translator_does_not_know_change_nothing(string name)
    {
        var output = Transcript.Read(name);
        var expected = AgentEventText.Write(Translate(output));
        for (var seed = 0; seed < 20; seed++)
        {
            Random random = new(seed);
            List<ExecutionOutput> mixed = [];
            foreach (var item in output)
            {
                // Before the exit of a run without a result, the last words count: there, only events are mixed in.
                for (var extra = random.Next(3); extra > 0; extra--)
                {
                    var stranger = Strangers[random.Next(Strangers.Length)];
                    if (output[^1] is ExecutionExited { ExitCode: 0 } || stranger.StartsWith("{\"", StringComparison.Ordinal))
                        mixed.Add(new ExecutionLine(mixed.Count, IsError: false, stranger));
                }

                mixed.Add(item);
            }

            if (!EndsWithoutResult(expected))
                Assert.Equal(expected, AgentEventText.Write(Translate(mixed)));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_replay_from_the_start_gives_the_same_events_wherever_it_broke_off(string name)
    {
        var output = Transcript.Read(name);
        var whole = Translate(output);
        for (var stop = 0; stop <= output.Count; stop++)
        {
            var before = Translate(output.Take(stop));
            Assert.Equal(AgentEventText.Write(whole.Take(before.Count)), AgentEventText.Write(before));
            Assert.True(before.Count <= whole.Count);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_line_cut_anywhere_breaks_nothing_and_the_run_ends_once(string name)
    {
        var output = Transcript.Read(name);
        for (var at = 0; at < output.Count - 1; at++)
        {
            var line = (ExecutionLine)output[at];
            for (var length = 0; length < line.Text.Length; length += 101)
            {
                var events = Translate([.. output.Take(at), line with { Text = line.Text[..length], Truncated = true }, .. output.Skip(at + 1)]);
                Assert.Single(events, agentEvent => agentEvent is AgentCompleted or AgentFailed);
                Assert.True(events[^1] is AgentCompleted or AgentFailed);
            }
        }
    }

    private static bool EndsWithoutResult(string expected) => expected.Contains("without a result", StringComparison.Ordinal);

    private static List<AgentEvent> Translate(IEnumerable<ExecutionOutput> output)
    {
        ClaudeCodeTranslator translator = new(Request, TimeSpan.FromMinutes(5));
        List<AgentEvent> events = [];
        foreach (var item in output)
            translator.Translate(item, events);
        return events;
    }

    private static string Expected(string name)
    {
        var text = Transcript.ExpectedEvents;
        var heading = $"# {name}\n";
        var start = text.IndexOf(heading, StringComparison.Ordinal);
        Assert.True(start >= 0, $"expected-events.txt has no part for {name}; see how to write it in {nameof(TranscriptTests)}");
        var end = text.IndexOf("\n# ", start, StringComparison.Ordinal);
        return text[(start + heading.Length)..(end < 0 ? text.Length : end)].TrimEnd() + "\n";
    }

    private static void WriteExpected([CallerFilePath] string source = "")
    {
        StringBuilder text = new();
        foreach (var name in Transcript.Names)
            text.Append("# ").Append(name).Append('\n').Append(AgentEventText.Write(Translate(Transcript.Read(name)))).Append('\n');
        var written = text.ToString().TrimEnd() + "\n";
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(source)!, "Transcripts", "expected-events.txt"), written);
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "Agents", "ClaudeCode", "Transcripts", "expected-events.txt"), written);
    }
}
