using Wegent.Agents;
using Wegent.Runtime.Agents.Demo;
using Wegent.Tasks;
using Wegent.TestKit.Agents;

namespace Wegent.Runtime.Tests.Agents.Demo;

public sealed class DemoAgentTests : HostedAgentContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wegent-demo-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string DemoFile => Path.Combine(_folder, "DEMO.md");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override IHostedAgent CreateAgent(TimeProvider clock) => new DemoAgent(clock);

    [Fact]
    public async Task It_says_what_it_is_before_anything_else_and_without_a_wait()
    {
        await using var events = CreateAgent(Clock).RunAsync(CreateRequest(), Ct).GetAsyncEnumerator(Ct);

        var first = events.MoveNextAsync();
        Assert.True(first.IsCompletedSuccessfully && await first);
        Assert.Equal("This ", Assert.IsType<AgentText>(events.Current).Text);
        Assert.StartsWith("This is Wegent's demo agent: a script that runs offline and asks no model.", AgentEventText.AnswerOf(await RunAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("planner")]
    [InlineData("builder")]
    [InlineData("reviewer")]
    [InlineData("helper")]
    public async Task A_run_takes_a_second_or_two(string bot)
    {
        var start = Clock.GetUtcNow();
        await using var events = CreateAgent(Clock).RunAsync(CreateRequest() with { BotName = bot, WorkspaceFolder = _folder }, Ct).GetAsyncEnumerator(Ct);
        for (var next = events.MoveNextAsync().AsTask(); ; next = events.MoveNextAsync().AsTask())
        {
            while (!next.IsCompleted)
                Clock.Advance(TimeSpan.FromMilliseconds(1));
            if (!await next)
                break;
        }

        Assert.InRange(Clock.GetUtcNow() - start, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task It_thinks_uses_a_tool_and_answers_at_no_cost()
    {
        var events = await RunAsync();

        Assert.NotEmpty(events.OfType<AgentThinking>());
        Assert.Equal("count_words", Assert.Single(events.OfType<AgentToolStarted>()).Name);
        Assert.Equal("6 words", Assert.Single(events.OfType<AgentToolFinished>()).Output);
        var usage = Assert.IsType<AgentCompleted>(events[^1]).Usage;
        Assert.True(usage is { InputTokens: > 0, OutputTokens: > 0, CostUsd: 0 });
    }

    [Fact]
    public async Task The_second_bot_of_a_pipeline_takes_up_what_the_first_one_left()
    {
        var plan = AgentEventText.AnswerOf(await RunAsync(CreateRequest() with { BotName = "planner", Prompt = "Add a health endpoint." }));
        var answer = AgentEventText.AnswerOf(await RunAsync(CreateRequest() with
        {
            BotName = "builder",
            Prompt = $"Add a health endpoint.\n\nResult of the stage before (planner):\n{plan}",
            WorkspaceFolder = _folder,
        }));

        Assert.Contains("Plan for “Add a health endpoint”:\n\n1. Find the place where it belongs.\n2. ", plan, StringComparison.Ordinal);
        Assert.Contains("I went through the steps of planner, on paper:\n\n- Find the place where it belongs.\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bot_that_gets_nothing_but_the_result_finds_the_request_in_it()
    {
        var plan = AgentEventText.AnswerOf(await RunAsync(CreateRequest() with { BotName = "planner", Prompt = "Add a health endpoint." }));

        var events = await RunAsync(CreateRequest() with { BotName = "builder", Prompt = plan });

        Assert.Equal("Planner left 3 steps for “Add a health endpoint”. I take them in order and write down what I did.\n", string.Concat(events.OfType<AgentThinking>().Select(thought => thought.Text)));
    }

    [Fact]
    public async Task It_keeps_a_file_in_the_workspace_and_a_repeated_run_does_not_change_it_again()
    {
        var request = CreateRequest() with { BotName = "builder", Prompt = "Add a health endpoint.", WorkspaceFolder = _folder };

        var events = await RunAsync(request);
        var written = await File.ReadAllTextAsync(DemoFile, Ct);
        await RunAsync(request with { Attempt = 2 });

        Assert.Equal(("write_file", "DEMO.md"), (events.OfType<AgentToolStarted>().Single().Name, events.OfType<AgentToolStarted>().Single().Input!.Value.GetProperty("path").GetString()));
        Assert.Equal("DEMO.md was created.", events.OfType<AgentToolFinished>().Single().Output);
        Assert.Contains("## builder, task 42, run 7\n\nRequest: Add a health endpoint\n\n- Find the place where it belongs.\n", written, StringComparison.Ordinal);
        Assert.Equal(written, await File.ReadAllTextAsync(DemoFile, Ct));
    }

    [Fact]
    public async Task A_later_run_adds_to_the_file()
    {
        await RunAsync(CreateRequest() with { WorkspaceFolder = _folder });
        var events = await RunAsync(CreateRequest() with { SubtaskId = 9, WorkspaceFolder = _folder });

        Assert.Equal("DEMO.md was extended.", events.OfType<AgentToolFinished>().Single().Output);
        Assert.Contains("run 7\n", await File.ReadAllTextAsync(DemoFile, Ct), StringComparison.Ordinal);
        Assert.Contains("run 9\n", await File.ReadAllTextAsync(DemoFile, Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_in_the_repository_is_not_followed()
    {
        var target = Path.Combine(_folder, "elsewhere.txt");
        await File.WriteAllTextAsync(target, "untouched", Ct);
        File.CreateSymbolicLink(DemoFile, target);

        var events = await RunAsync(CreateRequest() with { WorkspaceFolder = _folder });

        Assert.True(events.OfType<AgentToolFinished>().Single().IsError);
        Assert.Equal("untouched", await File.ReadAllTextAsync(target, Ct));
        Assert.IsType<AgentCompleted>(events[^1]);
    }

    [Theory]
    [InlineData("backend", "You are a senior architect who plans the work of others.", "the planner")]
    [InlineData("latest", "You develop software and test it.", "the builder")]
    [InlineData("critic", "", "the reviewer")]
    [InlineData("docs-writer", "You review.", "the builder")]
    public async Task The_part_it_plays_follows_from_the_bots_name_then_its_prompt(string bot, string prompt, string part)
    {
        var answer = AgentEventText.AnswerOf(await RunAsync(CreateRequest() with { BotName = bot, SystemPrompt = prompt }));

        Assert.Contains($"It plays {bot}, {part}.", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_word_in_the_prompt_lets_it_fail()
    {
        var events = await RunAsync(CreateRequest() with { Prompt = "Please demo:fail now" });

        Assert.Equal(FailureReason.ToolFailure, Assert.IsType<AgentFailed>(events[^1]).Failure.Reason);
    }

    [Fact]
    public async Task A_word_in_the_prompt_stretches_it()
    {
        var start = Clock.GetUtcNow();
        await RunAsync(CreateRequest() with { Prompt = "Take your time, demo:slow 300" });

        Assert.True(Clock.GetUtcNow() - start >= TimeSpan.FromSeconds(299));
    }

    [Fact]
    public async Task The_same_request_gives_the_same_answer() => Assert.Equal(AgentEventText.Write(await RunAsync()), AgentEventText.Write(await RunAsync()));
}
