using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Wegent.Agents;
using Wegent.Runtime.Agents.Dify;
using Wegent.Tasks;
using Wegent.TestKit.Agents;
using Wegent.TestKit.Dify;

namespace Wegent.Runtime.Tests.Agents.Dify;

public sealed class DifyAgentTests : IAsyncDisposable
{
    private const string Key = "app-secret-4711-not-to-be-seen";

    private FakeDifyServer _dify = null!;
    private ServiceProvider? _services;
    private Action<DifyAgentOptions> _configure = static _ => { };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
            await _services.DisposeAsync();
        if (_dify is not null)
            await _dify.DisposeAsync();
    }

    [Fact]
    public async Task A_chat_application_streams_its_answer_and_keeps_its_conversation()
    {
        await StartAsync("chat", FakeDifyRun.Events().Ping().Text("Hello dear world.").End());

        var text = await TextAsync(Request("hi"));

        Assert.Equal("session conversation-1\ntext \"Hello dear world.\"\ncompleted (as streamed) (20 in, 5 out, 0 cached, $0.0012)\n", text);
        var body = Assert.Single(_dify.Runs).Body;
        Assert.Equal(("hi", "task-42", "streaming", ""), ((string?)body["query"], (string?)body["user"], (string?)body["response_mode"], (string?)body["conversation_id"]));

        await RunAsync(Request("go on") with { SessionId = "conversation-1" });
        Assert.Equal("conversation-1", (string?)_dify.Runs[1].Body["conversation_id"]);
    }

    [Fact]
    public async Task A_conversation_that_is_gone_in_Dify_is_told_anew()
    {
        await StartAsync("advanced-chat");

        var events = await RunAsync(Request("and now?") with { SessionId = "long-gone", History = [Message(1, SubtaskRole.User, "first"), Message(2, SubtaskRole.Assistant, "", "answer"), Message(3, SubtaskRole.User, "and now?")] });

        Assert.IsType<AgentCompleted>(events[^1]);
        Assert.Equal("long-gone", (string?)_dify.Runs[0].Body["conversation_id"]);
        Assert.Equal("", (string?)_dify.Runs[1].Body["conversation_id"]);
        Assert.Contains("User: first", (string?)_dify.Runs[1].Body["query"], StringComparison.Ordinal);
        Assert.Contains(events.OfType<AgentSession>(), session => session.SessionId.StartsWith("conversation-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_agents_thoughts_and_tools_are_shown_once_and_its_whole_answer_is_not_doubled()
    {
        await StartAsync("agent-chat", FakeDifyRun.Events()
            .Event("agent_thought", new { id = "t1", thought = "", tool = "", observation = "" })
            .Event("agent_thought", new { id = "t1", thought = "I look", tool = "search", tool_input = """{"q":"x"}""", observation = "" })
            .Event("agent_thought", new { id = "t1", thought = "I look it up", tool = "search", tool_input = """{"q":"x"}""", observation = "found" })
            .Event("agent_thought", new { id = "t1", thought = "I look it up", tool = "search", tool_input = """{"q":"x"}""", observation = "found" })
            .Text("It is x.", "agent_message")
            .Event("agent_thought", new { id = "t2", thought = "It is x.", tool = "", observation = "" })
            .Event("message", new { answer = "It is x." })
            .End());

        Assert.Equal(
            "session conversation-1\nthought-t1 \"I look\"\nt1 search {\"q\":\"x\"}\nthought-t1 \" it up\"\nt1 done \"found\"\ntext \"It is x.\"\ncompleted (as streamed) (20 in, 5 out, 0 cached, $0.0012)\n",
            await TextAsync(Request("hi")));
    }

    [Fact]
    public async Task A_replaced_message_takes_back_what_was_said()
    {
        await StartAsync("chat", FakeDifyRun.Events().Text("Something bad").Event("message_replace", new { answer = "Hidden." }).End());

        Assert.Equal("Hidden.", AgentEventText.AnswerOf(await RunAsync(Request("hi"))));
    }

    [Fact]
    public async Task Files_and_sources_are_named()
    {
        await StartAsync("chat", FakeDifyRun.Events().Text("See:").Event("message_file", new { id = "f1", type = "image", belongs_to = "assistant", url = "/files/1.png" })
            .Event("message_end", new { metadata = new { retriever_resources = new[] { new { document_name = "a.pdf" }, new { document_name = "a.pdf" }, new { document_name = "b.md" } } } }));

        Assert.Equal($"See:\n\n![image]({_dify.BaseUrl}/files/1.png)\n\nSources: a.pdf, b.md", AgentEventText.AnswerOf(await RunAsync(Request("hi"))));
    }

    [Fact]
    public async Task A_workflow_gets_the_prompt_as_an_input_and_shows_its_steps()
    {
        await StartAsync("workflow", FakeDifyRun.Events()
            .Event("workflow_started", new { data = new { id = "w" } })
            .Event("node_started", new { data = new { id = "n0", node_type = "start", title = "Start" } })
            .Event("node_started", new { data = new { id = "n1", node_type = "llm", title = "Think" } })
            .Event("node_finished", new { data = new { id = "n1", status = "succeeded", outputs = new { text = "x" }, execution_metadata = new { total_tokens = 9 } } })
            .Event("iteration_next", new { data = new { index = 1 } })
            .Event("workflow_finished", new { data = new { status = "succeeded", outputs = new { result = "The end." }, total_tokens = 12 } }));

        Assert.Equal("n1 Think (no input)\nn1 done \"{\\n  \"text\": \"x\"\\n}\"\ntext \"The end.\"\ncompleted \"The end.\" (12 in, 0 out, 0 cached, $0)\n", await TextAsync(Request("do it")));
        Assert.Equal("do it", (string?)_dify.Runs[0].Body["inputs"]!["query"]);
    }

    [Fact]
    public async Task A_workflow_with_several_outputs_shows_them_by_name()
    {
        await StartAsync("workflow", FakeDifyRun.Workflow(new { a = "1", b = 2 }));

        Assert.Equal("{\n  \"a\": \"1\",\n  \"b\": 2\n}", Assert.IsType<AgentCompleted>((await RunAsync(Request("x")))[^1]).Text);
    }

    [Fact]
    public async Task Inputs_come_from_three_places_the_later_ones_winning()
    {
        await StartAsync("chat");
        var request = Request("""Hello [EXTERNAL_API_PARAMS]{"c": 3}[/EXTERNAL_API_PARAMS] you""");

        await RunAsync(request with
        {
            SystemPrompt = """{"difyAppId": "x", "params": {"a": 1, "b": 1, "c": 1}}""",
            Model = new Dictionary<string, string>(request.Model) { ["DIFY_PARAMS"] = """{"b": 2, "c": 2}""" },
        });

        var body = _dify.Runs[0].Body;
        Assert.Equal("""{"a":1,"b":2,"c":3}""", body["inputs"]!.ToJsonString());
        Assert.Equal("Hello  you", (string?)body["query"]);
    }

    [Theory]
    [InlineData("workflow")]
    [InlineData("completion")]
    [InlineData("chat")]
    public async Task A_server_that_does_not_tell_the_mode_is_asked_in_turn(string mode)
    {
        await StartAsync(mode);
        _dify.HidesMode = true;

        Assert.IsType<AgentCompleted>((await RunAsync(Request("hi")))[^1]);
    }

    public static TheoryData<FakeDifyRun, FailureReason> Failures { get; } = new()
    {
        { FakeDifyRun.Refuse(HttpStatusCode.Unauthorized, "unauthorized", $"no {Key}"), FailureReason.Authentication },
        { FakeDifyRun.Refuse(HttpStatusCode.BadRequest, "invalid_param", "bad"), FailureReason.BadRequest },
        { FakeDifyRun.Refuse(HttpStatusCode.BadRequest, "provider_quota_exceeded", "spent"), FailureReason.BudgetExceeded },
        { FakeDifyRun.Refuse(HttpStatusCode.BadRequest, "provider_not_initialize", "none"), FailureReason.Misconfigured },
        { FakeDifyRun.Refuse(HttpStatusCode.BadRequest, "app_unavailable", "gone"), FailureReason.Misconfigured },
        { FakeDifyRun.Refuse(HttpStatusCode.BadRequest, "completion_request_error", "rate limit reached"), FailureReason.RateLimited },
        { FakeDifyRun.Refuse(HttpStatusCode.Forbidden, "forbidden", "off"), FailureReason.Misconfigured },
        { FakeDifyRun.Refuse(HttpStatusCode.TooManyRequests, "too_many_requests", "slow"), FailureReason.RateLimited },
        { FakeDifyRun.Refuse(HttpStatusCode.InternalServerError, "internal_server_error", "oops"), FailureReason.Overloaded },
        { FakeDifyRun.Events().Text("Hel").Event("error", new { status = 400, code = "completion_request_error", message = $"overloaded {Key}" }), FailureReason.Overloaded },
        { FakeDifyRun.Events().Text("Hel").Event("workflow_finished", new { data = new { status = "failed", error = "node broke" } }), FailureReason.ToolFailure },
        { FakeDifyRun.Events().Text("Hel").Event("workflow_paused"), FailureReason.Misconfigured },
        { FakeDifyRun.Events().Text("Hel"), FailureReason.ModelUnreachable },
        { FakeDifyRun.Events().Text("Hel").ThenCut(), FailureReason.ModelUnreachable },
        { FakeDifyRun.Events().Text("Hel").ThenStall(), FailureReason.TimedOut },
        { FakeDifyRun.Events().End(), FailureReason.AgentCrashed },
        { FakeDifyRun.Events().Event("from_the_future").Event("tts_message", new { audio = "" }).End(), FailureReason.AgentCrashed },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task Every_failure_has_its_reason(FakeDifyRun run, FailureReason reason)
    {
        _configure = options => options.SilenceTimeout = TimeSpan.FromSeconds(1);
        await StartAsync("advanced-chat", run);

        var events = await RunAsync(Request("hi"));

        Assert.Equal(reason, Assert.IsType<AgentFailed>(events[^1]).Failure.Reason);
        Assert.DoesNotContain(Key, AgentEventText.Write(events), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_workflow_says_why()
    {
        await StartAsync("workflow", FakeDifyRun.FailedWorkflow("node 'Think' ran out of tokens"));

        Assert.EndsWith("failed [tool_failure] The Dify workflow failed: node 'Think' ran out of tokens (nothing used)\n", await TextAsync(Request("hi")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chat", "/v1/chat-messages/run-1/stop")]
    [InlineData("completion", "/v1/completion-messages/run-1/stop")]
    [InlineData("workflow", "/v1/workflows/tasks/run-1/stop")]
    public async Task A_cancel_stops_the_application_too(string mode, string path)
    {
        await StartAsync(mode, FakeDifyRun.Events().Event(mode == "workflow" ? "text_chunk" : "message", new { answer = "Hel", data = new { text = "Hel" } }).ThenStall());
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var agentEvent in CreateAgent().RunAsync(Request("hi"), cancel.Token))
            {
                if (agentEvent is AgentText)
                    await cancel.CancelAsync();
            }
        });

        var stop = _dify.Calls[^1];
        Assert.Equal((path, "task-42"), (stop.Path, (string?)stop.Body["user"]));
    }

    [Fact]
    public async Task Without_a_key_it_says_where_to_put_one()
    {
        await StartAsync("chat");

        var error = await Assert.ThrowsAsync<WegentException>(() => RunAsync(Request("hi") with { Model = new Dictionary<string, string>() }));

        Assert.Contains("DIFY_API_KEY", error.Message, StringComparison.Ordinal);
    }

    private async Task StartAsync(string mode, params FakeDifyRun[] runs)
    {
        _dify = await FakeDifyServer.StartAsync(Ct);
        _dify.ApiKey = Key;
        _dify.Mode = mode;
        _dify.Enqueue(runs);
    }

    private IHostedAgent CreateAgent()
    {
        var services = new ServiceCollection();
        services.AddWegent().UseInMemoryStorage().AddDifyAgent(options => _configure(options));
        _services = services.BuildServiceProvider();
        return Assert.IsAssignableFrom<IHostedAgent>(Assert.Single(_services.GetServices<IAgent>()));
    }

    private AgentRequest Request(string prompt) => new()
    {
        TaskId = 42,
        SubtaskId = 9,
        Attempt = 1,
        BotName = "app",
        Prompt = prompt,
        SystemPrompt = "Be yourself.",
        Model = new Dictionary<string, string> { ["DIFY_API_KEY"] = Key, ["DIFY_BASE_URL"] = _dify.BaseUrl },
    };

    private async Task<List<AgentEvent>> RunAsync(AgentRequest request)
    {
        List<AgentEvent> events = [];
        await foreach (var agentEvent in CreateAgent().RunAsync(request, Ct))
            events.Add(agentEvent);
        return events;
    }

    private async Task<string> TextAsync(AgentRequest request) => AgentEventText.Write(await RunAsync(request));

    private static Subtask Message(int id, SubtaskRole role, string prompt, string? answer = null) => new()
    {
        Id = id,
        TaskId = 42,
        MessageId = id,
        Role = role,
        BotName = role == SubtaskRole.User ? null : "app",
        Prompt = prompt,
        Status = TaskState.Completed,
        Result = answer is null ? null : new SubtaskResult { Value = answer },
        CreatedAt = default,
    };
}
