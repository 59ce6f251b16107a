using Wegent.Agents;
using Wegent.Sandboxes;

namespace Wegent.TestKit.Agents;

/// <summary>The promises of <see cref="ISandboxAgent"/> and its translator, checked from recorded runs of its program. Derive from it to test an agent of your own.</summary>
public abstract class SandboxAgentContract
{
    /// <summary>A secret that stands among the request's model settings; it may appear in no argument and in no event.</summary>
    protected const string Canary = "sk-canary-0815-do-not-show";

    private static readonly SandboxPaths Paths = new("/workspace/42", "/home/agent");

    /// <summary>Makes the agent under test.</summary>
    protected abstract ISandboxAgent CreateAgent();

    /// <summary>Recorded runs, each the whole output of its program with the exit at its end; some of them mention <see cref="Canary"/>.</summary>
    protected abstract IEnumerable<IReadOnlyList<ExecutionOutput>> RecordedRuns();

    /// <summary>The request it is tested with.</summary>
    protected virtual AgentRequest CreateRequest() => new()
    {
        TaskId = 42,
        SubtaskId = 7,
        Attempt = 1,
        BotName = "helper",
        Prompt = "Write a file,\nthen run it.",
        SystemPrompt = "You are helpful.",
        Model = new Dictionary<string, string> { ["api_key"] = Canary, ["base_url"] = "http://127.0.0.1:9", ["model_id"] = "a-model" },
    };

    [Fact]
    public void Its_shell_type_is_one_word() => Assert.Matches("^[A-Za-z][A-Za-z0-9]{0,49}$", CreateAgent().ShellType);

    [Fact]
    public void The_same_request_gives_the_same_program()
    {
        var (first, second) = (CreateAgent().Prepare(CreateRequest(), Paths), CreateAgent().Prepare(CreateRequest(), Paths));

        Assert.Equal(first.Program, second.Program);
        Assert.Equal(first.Arguments, second.Arguments);
        Assert.Equal(first.Environment, second.Environment);
        Assert.Equal(first.Files, second.Files);
        Assert.Equal(first.InputLines, second.InputLines);
    }

    [Fact]
    public void A_program_bears_the_name_of_its_attempt() => Assert.Equal(CreateRequest().ExecutionId, CreateAgent().Prepare(CreateRequest(), Paths).Id);

    [Fact]
    public void No_secret_is_an_argument() => Assert.DoesNotContain(CreateAgent().Prepare(CreateRequest(), Paths).Arguments, argument => argument.Contains(Canary, StringComparison.Ordinal));

    [Fact]
    public void Every_input_line_is_one_line()
    {
        var spec = CreateAgent().Prepare(CreateRequest(), Paths);

        Assert.All([.. spec.InputLines, spec.InterruptLine ?? ""], line => Assert.DoesNotContain('\n', line));
    }

    [Fact]
    public void Files_are_written_below_the_home_folder() => Assert.All(
        CreateAgent().Prepare(CreateRequest(), Paths).Files,
        file => Assert.True((!file.Path.StartsWith('/') || file.Path.StartsWith(Paths.Home + "/", StringComparison.Ordinal)) && !file.Path.Contains("..", StringComparison.Ordinal), file.Path));

    [Fact]
    public void A_run_ends_with_exactly_one_final_event() => Assert.All(RecordedRuns(), run => AssertEndsOnce(Translate(run)));

    [Fact]
    public void A_run_whose_program_dies_anywhere_ends_once_and_not_well() => Assert.All(RecordedRuns(), run =>
    {
        for (var stop = 0; stop < run.Count - 1; stop++)
        {
            var events = Translate([.. run.Take(stop), new ExecutionExited(stop, 137)]);
            AssertEndsOnce(events);
            Assert.True(events[^1] is AgentFailed || Translate(run.Take(stop)).Exists(IsFinal), "a run that died completed");
        }
    });

    [Fact]
    public void A_replay_gives_the_same_events() => Assert.All(RecordedRuns(), run =>
    {
        var whole = Translate(run).ConvertAll(Compare);
        for (var stop = 0; stop <= run.Count; stop++)
        {
            var part = Translate(run.Take(stop)).ConvertAll(Compare);
            Assert.Equal(whole[..part.Count], part);
        }
    });

    [Fact]
    public void Output_that_it_does_not_know_is_passed_over() => Assert.All(RecordedRuns(), run =>
    {
        string[] strangers = ["", "no line of ours", "{", "{\"type\":\"from-the-future\"}", "[]", "null", "\u0000\ufffd", new string('x', 100_000)];
        List<ExecutionOutput> mixed = [];
        foreach (var output in run)
        {
            foreach (var stranger in strangers)
                mixed.Add(new ExecutionLine(mixed.Count, IsError: false, stranger));
            mixed.Add(output);
        }

        var (plain, disturbed) = (Translate(run), Translate(mixed));
        AssertEndsOnce(disturbed);
        Assert.Equal(plain[..^1].ConvertAll(Compare), disturbed[..^1].ConvertAll(Compare)); // the end of a crash may quote last words
    });

    [Fact]
    public void Every_tool_call_starts_once_and_ends_once() => Assert.All(RecordedRuns(), run =>
    {
        var events = Translate(run);
        var started = events.OfType<AgentToolStarted>().Select(tool => tool.CallId).ToList();
        Assert.Equal(started.Distinct(), started);
        Assert.Equal(started.Order(), events.OfType<AgentToolFinished>().Select(tool => tool.CallId).Order());
    });

    [Fact]
    public void No_secret_of_the_request_is_in_an_event()
    {
        var runs = RecordedRuns().ToList();
        Assert.Contains(runs, run => run.OfType<ExecutionLine>().Any(line => line.Text.Contains(Canary, StringComparison.Ordinal)));
        Assert.All(runs, run => Assert.All(Translate(run).ConvertAll(Compare), text => Assert.DoesNotContain(Canary, text, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_silence_limit_is_a_time() => Assert.All(RecordedRuns(), run =>
    {
        var translator = CreateAgent().CreateTranslator(CreateRequest());
        List<AgentEvent> events = [];
        foreach (var output in run)
        {
            translator.Translate(output, events);
            Assert.True(translator.SilenceLimit is null || translator.SilenceLimit > TimeSpan.Zero);
        }
    });

    private static void AssertEndsOnce(List<AgentEvent> events)
    {
        Assert.NotEmpty(events);
        Assert.True(IsFinal(events[^1]), $"the last event is {events[^1]}");
        Assert.Single(events, agentEvent => IsFinal(agentEvent));
    }

    private static bool IsFinal(AgentEvent agentEvent) => agentEvent is AgentCompleted or AgentFailed;

    /// <summary>An event as text that is equal where the events are; JSON values have no equality of their own.</summary>
    private static string Compare(AgentEvent agentEvent) =>
        agentEvent is AgentToolStarted tool ? $"{tool.CallId} {tool.Name} {tool.Input?.GetRawText()}" : agentEvent.ToString()!;

    private List<AgentEvent> Translate(IEnumerable<ExecutionOutput> run)
    {
        var translator = CreateAgent().CreateTranslator(CreateRequest());
        List<AgentEvent> events = [];
        foreach (var output in run)
            translator.Translate(output, events);
        return events;
    }
}
