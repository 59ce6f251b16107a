using Wegent.Agents;
using Wegent.Tasks;
using Wegent.TestKit.Agents;
using Wegent.TestKit.Models;

namespace Wegent.Runtime.Tests.Agents.Chat;

public sealed class ChatAgentTests
{
    public static TheoryData<string> Protocols { get; } = new("openai", "claude");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task An_answer_streams_with_its_reasoning_and_what_it_used(string protocol)
    {
        await using var bench = await ChatBench.StartAsync(protocol);
        bench.Model.Enqueue(FakeModelTurn.Think("hm, let me see").ThenSay("Hello, dear world.").Using(inputTokens: 30, outputTokens: 7, cacheReadTokens: 12));

        var events = await bench.RunAsync();

        Assert.Equal(
            "thinking-1 \"hm, let me see\"\ntext-2 \"Hello, dear world.\"\ncompleted (as streamed) (30 in, 7 out, 12 cached, $0)\n",
            AgentEventText.Write(events));
        Assert.True(events.OfType<AgentText>().Count() > 1);
        var request = Assert.Single(bench.Model.Requests);
        Assert.True(request.Stream);
        Assert.Equal(("test-model", "You are helpful.", "hello", ChatBench.Key), (request.Model, request.System, request.LastUserText, request.Credential));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task The_conversation_is_told_from_the_record(string protocol)
    {
        await using var bench = await ChatBench.StartAsync(protocol);

        await bench.RunAsync(bench.Request("and now?", [
            Message(1, null, "first question"), Message(2, "helper", "", "first answer"), Message(3, "critic", "", "not so sure"), Message(4, "helper", "", null, TaskState.Failed),
            Message(5, null, "the words that the prompt is made of"), Message(6, "critic", "", "of this turn")]));

        string[] told = ["user: first question", "assistant: first answer", "user: critic answered:\nnot so sure\n\nand now?"];
        Assert.Equal(told, bench.Model.Requests[0].Conversation.Where(message => !message.StartsWith("system", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task What_no_longer_fits_into_the_context_is_left_out_from_the_start(string protocol)
    {
        await using var bench = await ChatBench.StartAsync(protocol);
        var history = Enumerable.Range(0, 40).SelectMany(i => new[] { Message((2 * i) + 1, null, $"question {i} {new string('x', 1000)}"), Message((2 * i) + 2, "helper", "", $"answer {i}") })
            .Append(Message(81, null, "now")).ToList();

        await bench.RunAsync(bench.Request("now", history) with { ModelContextWindow = 4000, ModelMaxOutputTokens = 1000 });

        var told = bench.Model.Requests[0].Conversation.Where(message => !message.StartsWith("system", StringComparison.Ordinal)).ToList();
        Assert.StartsWith("user: [What came before is left out.]", told[0], StringComparison.Ordinal);
        Assert.Contains(told, message => message.Contains("question 39", StringComparison.Ordinal));
        Assert.InRange(told.Sum(message => message.Length), 8_000, 13_000);
        Assert.Equal("user: now", told[^1]);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_service_that_limits_requests_is_asked_again_when_it_says(string protocol)
    {
        await using var bench = await ChatBench.StartAsync(protocol);
        bench.Model.Enqueue(FakeModelTurn.RateLimited(TimeSpan.FromSeconds(1)), FakeModelTurn.Overloaded(), FakeModelTurn.Say("Here."));

        var events = await bench.RunAsync();

        Assert.Equal([FailureReason.RateLimited, FailureReason.Overloaded], events.OfType<AgentProgress>().Select(progress => progress.Reason));
        Assert.Contains("Trying again in 1 s", events.OfType<AgentProgress>().First().Message, StringComparison.Ordinal);
        Assert.Equal("Here.", AgentEventText.AnswerOf(events));
        Assert.Equal(3, bench.Model.Requests.Count);
    }

    public static TheoryData<string, string, FailureReason, int> Failures()
    {
        TheoryData<string, string, FailureReason, int> rows = [];
        foreach (var protocol in new[] { "openai", "claude" })
        {
            rows.Add(protocol, "unauthorized", FailureReason.Authentication, 1);
            rows.Add(protocol, "forbidden", FailureReason.Authentication, 1);
            rows.Add(protocol, "not-found", FailureReason.BadRequest, 1);
            rows.Add(protocol, "bad-request", FailureReason.BadRequest, 1);
            rows.Add(protocol, "no-credit", FailureReason.BudgetExceeded, 1);
            rows.Add(protocol, "too-long", FailureReason.ContextTooLong, 1);
            rows.Add(protocol, "rate-limited", FailureReason.RateLimited, 3);
            rows.Add(protocol, "wait-an-hour", FailureReason.RateLimited, 1);
            rows.Add(protocol, "overloaded", FailureReason.Overloaded, 3);
            rows.Add(protocol, "server-error", FailureReason.Overloaded, 3);
            rows.Add(protocol, "web-page", FailureReason.ModelUnreachable, 3);
            rows.Add(protocol, "cut-before", FailureReason.ModelUnreachable, 3);
            rows.Add(protocol, "cut-within", FailureReason.ModelUnreachable, 1);
            rows.Add(protocol, "garbage", FailureReason.ModelUnreachable, 1);
            rows.Add(protocol, "error-event", FailureReason.Overloaded, 1);
            rows.Add(protocol, "refusal", FailureReason.Refused, 1);
            rows.Add(protocol, "stall", FailureReason.TimedOut, 1);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Every_failure_has_its_reason_and_is_repeated_only_before_an_answer_began(string protocol, string fault, FailureReason reason, int calls)
    {
        await using var bench = await ChatBench.StartAsync(protocol);
        if (fault == "stall")
            bench.Configure = options => options.SilenceTimeout = TimeSpan.FromSeconds(1);
        bench.Model.Otherwise = _ => fault switch
        {
            "unauthorized" => FakeModelTurn.Error(System.Net.HttpStatusCode.Unauthorized, "authentication_error", $"Incorrect API key provided: {ChatBench.Key}"),
            "forbidden" => FakeModelTurn.Forbidden(),
            "not-found" => FakeModelTurn.NotFound(),
            "bad-request" => FakeModelTurn.BadRequest(),
            "no-credit" => FakeModelTurn.NoCredit(),
            "too-long" => FakeModelTurn.PromptTooLong(),
            "rate-limited" => FakeModelTurn.RateLimited(),
            "wait-an-hour" => FakeModelTurn.RateLimited(TimeSpan.FromHours(1)),
            "overloaded" => FakeModelTurn.Overloaded(),
            "server-error" => FakeModelTurn.ServerError(),
            "web-page" => FakeModelTurn.WebPage(),
            "cut-before" => FakeModelTurn.Say("never heard").CutAfter(0),
            "cut-within" => FakeModelTurn.Say("never heard to the end").CutAfter(2),
            "garbage" => FakeModelTurn.Say("never heard to the end").GarbageAfter(2),
            "error-event" => FakeModelTurn.Say("never heard to the end").ErrorEventAfter(2),
            "refusal" => FakeModelTurn.Refusal(),
            _ => FakeModelTurn.Say("never heard to the end").StallAfter(2),
        };

        var events = await bench.RunAsync();

        var failed = Assert.IsType<AgentFailed>(events[^1]);
        Assert.Equal((reason, calls), (failed.Failure.Reason, bench.Model.Requests.Count));
        Assert.DoesNotContain(ChatBench.Key, AgentEventText.Write(events), StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine(failed.Failure.Message);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task An_answer_that_reached_its_length_says_so(string protocol)
    {
        await using var bench = await ChatBench.StartAsync(protocol);
        bench.Model.Enqueue(FakeModelTurn.Say("half a sen").OutOfTokens());

        var events = await bench.RunAsync();

        Assert.Equal("half a sen\n\n[The answer ends here: it reached the model's length limit.]", AgentEventText.AnswerOf(events));
        Assert.IsType<AgentCompleted>(events[^1]);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_cancel_ends_the_call(string protocol)
    {
        await using var bench = await ChatBench.StartAsync(protocol);
        bench.Model.Enqueue(FakeModelTurn.Say("one two three").StallAfter(2));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var agentEvent in bench.CreateAgent().RunAsync(bench.Request(), cancel.Token))
            {
                if (agentEvent is AgentText { Text: "two " })
                    await cancel.CancelAsync();
            }
        });
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_service_that_is_not_there_is_told_as_such(string protocol)
    {
        await using var bench = await ChatBench.StartAsync(protocol);
        bench.Configure = options => options.MaxRetries = 0;
        var request = bench.Request();
        await bench.Model.DisposeAsync();

        Assert.StartsWith($"failed [model_unreachable] The model service at 127.0.0.1:{new Uri(request.Model["base_url"]).Port} cannot be reached (ConnectionRefused)", await bench.TextAsync(request), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_private_address_is_refused_where_it_is_not_allowed(string protocol)
    {
        await using var bench = await ChatBench.StartAsync(protocol);
        bench.AllowPrivateNetworks = false;

        var text = await bench.TextAsync();

        Assert.StartsWith("failed [misconfigured] '127.0.0.1' is an address of this machine", text, StringComparison.Ordinal);
        Assert.Contains("Wegent:Egress:AllowPrivateNetworks", text, StringComparison.Ordinal);
        Assert.Empty(bench.Model.Requests);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Without_a_key_none_is_sent_and_headers_of_the_model_are(string protocol)
    {
        await using var bench = await ChatBench.StartAsync(protocol);

        await bench.RunAsync(bench.Request() with { Model = new Dictionary<string, string> { ["model_id"] = "m", ["base_url"] = bench.Model.BaseUrl, ["custom_headers"] = """{"X-Team": "blue"}""" } });

        var request = Assert.Single(bench.Model.Requests);
        Assert.Null(request.Credential);
        Assert.Equal("blue", request.Headers["X-Team"]);
    }

    [Theory]
    [InlineData("model_id", "no model_id")]
    [InlineData("base_url", "no http or https address")]
    [InlineData("temperature", "may be 0 to 2")]
    public async Task Settings_that_cannot_be_used_are_named(string setting, string message)
    {
        await using var bench = await ChatBench.StartAsync("openai");
        var settings = bench.Request().Model.ToDictionary();
        if (setting == "model_id")
            settings.Remove(setting);
        else
            settings[setting] = "x";

        var error = await Assert.ThrowsAsync<WegentException>(() => bench.RunAsync(bench.Request() with { Model = settings }));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static Subtask Message(int id, string? bot, string prompt, string? answer = null, TaskState status = TaskState.Completed) => new()
    {
        Id = id,
        TaskId = 1,
        MessageId = id,
        Role = bot is null ? SubtaskRole.User : SubtaskRole.Assistant,
        BotName = bot,
        Prompt = prompt,
        Status = status,
        Result = answer is null ? null : new SubtaskResult { Value = answer },
        CreatedAt = default,
    };
}
