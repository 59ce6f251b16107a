using System.Text.Json;
using Wegent.Agents;

namespace Wegent.Hosting.Tests.Realtime;

/// <summary>Every event of <c>/chat</c>, both ways, on a real socket.</summary>
public sealed class ChatTests : IClassFixture<HostFixture>
{
    private readonly TestHost _host;
    private readonly HttpClient _client;

    public ChatTests(HostFixture fixture)
    {
        _host = fixture.Host;
        _client = fixture.Admin;
        _host.Agent.Script = PuppetAgent.Echo;
    }

    [Fact]
    public async Task A_message_without_a_task_starts_one_and_its_room_tells_the_whole_story()
    {
        await using var chat = await ChatClient.ConnectAsync(_host, _client);
        var ack = await chat.AckAsync("chat:send", new { team = "team", message = "hello" });
        var taskId = ack.GetProperty("task_id").GetInt64();
        Assert.Equal(1, ack.GetProperty("message_id").GetInt32());
        Assert.True(ack.GetProperty("subtask_id").GetInt64() > 0);

        await chat.AckAsync("chat:resume", new { task_id = taskId, after_seq = 0 });
        var events = await chat.UntilEndAsync(taskId);
        Assert.Equal(Enumerable.Range(1, events.Count), events.Select(static e => (int)e.GetProperty("seq").GetInt64()));
        string[] names = [.. events.Select(static e => e.GetProperty("event").GetString()!)];
        Assert.Equal("task:created", names[0]);
        Assert.Contains("chat:message", names);
        Assert.Contains("chat:start", names);
        Assert.Contains("chat:chunk", names);
        Assert.Contains("chat:done", names);

        var done = events.Single(static e => e.GetProperty("event").GetString() == "chat:done").GetProperty("data");
        Assert.Equal("hello", done.GetProperty("result").GetProperty("value").GetString());
        Assert.Equal(34, done.GetProperty("result").GetProperty("usage").GetProperty("output_tokens").GetInt32());
    }

    [Fact]
    public async Task A_message_sent_twice_under_one_client_id_is_taken_once()
    {
        await using var chat = await ChatClient.ConnectAsync(_host, _client);
        var first = await chat.AckAsync("chat:send", new { team = "team", message = "hello", client_message_id = "twice" });
        var second = await chat.AckAsync("chat:send", new { team = "team", message = "hello", client_message_id = "twice" });
        Assert.Equal(first.ToString(), second.ToString());
        Assert.Equal("idempotency.mismatch", await chat.RefusedAsync("chat:send", new { team = "team", message = "something else", client_message_id = "twice" }));
    }

    [Fact]
    public async Task A_follow_up_goes_on_with_the_same_numbers()
    {
        await using var chat = await ChatClient.ConnectAsync(_host, _client);
        var taskId = (await chat.AckAsync("chat:send", new { team = "team", message = "one" })).GetProperty("task_id").GetInt64();
        await chat.AckAsync("chat:resume", new { task_id = taskId, after_seq = 0 });
        var first = await chat.UntilEndAsync(taskId);

        var ack = await chat.AckAsync("chat:send", new { task_id = taskId, message = "two" });
        Assert.Equal(3, ack.GetProperty("message_id").GetInt32());
        var second = await chat.UntilEndAsync(taskId);
        Assert.Equal(first[^1].GetProperty("seq").GetInt64() + 1, second[0].GetProperty("seq").GetInt64());

        var history = await chat.AckAsync("history:sync", new { task_id = taskId, after_message_id = 1 });
        string[] contents = [.. history.GetProperty("messages").EnumerateArray().Select(static m => m.GetProperty("content").GetString()!)];
        Assert.Equal(["one", "two", "two"], contents);
    }

    [Fact]
    public async Task A_cancel_stops_the_agent_and_keeps_what_it_said()
    {
        _host.Agent.Script = PuppetAgent.Until(new TaskCompletionSource().Task);
        await using var chat = await ChatClient.ConnectAsync(_host, _client);
        var taskId = (await chat.AckAsync("chat:send", new { team = "team", message = "go" })).GetProperty("task_id").GetInt64();
        await chat.AckAsync("chat:resume", new { task_id = taskId, after_seq = 0 });
        await chat.UntilAsync($"task:{taskId}", static e => e.GetProperty("event").GetString() == "chat:chunk");

        var ack = await chat.AckAsync("chat:cancel", new { task_id = taskId });
        Assert.Contains(ack.GetProperty("status").GetString(), (string?[])["CANCELLING", "CANCELLED"]);
        var rest = await chat.UntilEndAsync(taskId);
        var cancelled = rest.Single(static e => e.GetProperty("event").GetString() == "chat:cancelled").GetProperty("data");
        Assert.Equal("working", cancelled.GetProperty("result").GetProperty("value").GetString());
        Assert.Equal("CANCELLED", rest[^1].GetProperty("data").GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_failure_says_why_and_a_retry_runs_it_again()
    {
        _host.Agent.Script = static (_, _) => Fail();
        await using var chat = await ChatClient.ConnectAsync(_host, _client);
        var taskId = (await chat.AckAsync("chat:send", new { team = "team", message = "go" })).GetProperty("task_id").GetInt64();
        await chat.AckAsync("chat:resume", new { task_id = taskId, after_seq = 0 });
        var failed = await chat.UntilEndAsync(taskId);
        var error = failed.Single(static e => e.GetProperty("event").GetString() == "chat:error").GetProperty("data");
        Assert.Equal("authentication", error.GetProperty("code").GetString());
        Assert.Contains("the key is wrong", error.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("authentication", failed[^1].GetProperty("data").GetProperty("reason").GetString());

        _host.Agent.Script = PuppetAgent.Echo;
        var subtaskId = error.GetProperty("subtask_id").GetInt64();
        var ack = await chat.AckAsync("chat:retry", new { task_id = taskId, subtask_id = subtaskId });
        Assert.Equal(subtaskId, ack.GetProperty("subtask_id").GetInt64());
        var again = await chat.UntilEndAsync(taskId);
        Assert.Equal("COMPLETED", again[^1].GetProperty("data").GetProperty("status").GetString());

        static async IAsyncEnumerable<AgentEvent> Fail()
        {
            await Task.Yield();
            yield return new AgentFailed(new Wegent.Tasks.Failure(Wegent.Tasks.FailureReason.Authentication, "the key is wrong"), Wegent.Tasks.TokenUsage.None);
        }
    }

    [Fact]
    public async Task Whoever_joins_in_the_middle_gets_what_was_said_so_far_and_then_the_rest()
    {
        var gate = new TaskCompletionSource();
        _host.Agent.Script = PuppetAgent.Until(gate.Task);
        await using var first = await ChatClient.ConnectAsync(_host, _client);
        var taskId = (await first.AckAsync("chat:send", new { team = "team", message = "go" })).GetProperty("task_id").GetInt64();
        await first.AckAsync("chat:resume", new { task_id = taskId, after_seq = 0 });
        await first.UntilAsync($"task:{taskId}", static e => e.GetProperty("event").GetString() == "chat:chunk");

        await using var second = await ChatClient.ConnectAsync(_host, _client);
        var joined = await second.AckAsync("task:join", new { task_id = taskId });
        Assert.Equal(taskId, joined.GetProperty("task").GetProperty("status").GetProperty("taskId").GetInt64());
        Assert.Equal(2, joined.GetProperty("subtasks").GetArrayLength());
        Assert.Equal("working", joined.GetProperty("streaming").GetProperty("content").GetString());
        Assert.Equal(7, joined.GetProperty("streaming").GetProperty("offset").GetInt32());

        gate.SetResult();
        var rest = await second.UntilEndAsync(taskId);
        Assert.Equal(joined.GetProperty("last_seq").GetInt64() + 1, rest[0].GetProperty("seq").GetInt64());
        Assert.Equal(" done", rest.First(static e => e.GetProperty("event").GetString() == "chat:chunk").GetProperty("data").GetProperty("content").GetString());

        var resting = await second.AckAsync("task:join", new { task_id = taskId });
        Assert.Equal(JsonValueKind.Null, resting.GetProperty("streaming").ValueKind);
    }

    [Fact]
    public async Task Whoever_leaves_hears_nothing_more_and_an_empty_room_closes()
    {
        await using var chat = await ChatClient.ConnectAsync(_host, _client);
        var taskId = (await chat.AckAsync("chat:send", new { team = "team", message = "one" })).GetProperty("task_id").GetInt64();
        await chat.AckAsync("chat:resume", new { task_id = taskId, after_seq = 0 });
        await chat.UntilEndAsync(taskId);
        var open = _host.Rooms.OpenRooms;

        await chat.AckAsync("task:leave", new { task_id = taskId });
        Assert.Equal(open - 1, _host.Rooms.OpenRooms);
        await chat.AckAsync("chat:send", new { task_id = taskId, message = "two" });
        await _host.EventsAsync(taskId);
        await chat.AckAsync("task:leave", new { task_id = taskId });
        while (chat.Socket.State == System.Net.WebSockets.WebSocketState.Open)
        {
            // Everything that came before the second answer is kept; none of it may be of the room.
            await chat.Socket.CloseOutputAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        }

        while (await chat.NextEventAsync() is { } frame)
            Assert.NotEqual($"task:{taskId}", frame.GetProperty("room").GetString());
    }

    [Fact]
    public async Task The_users_room_tells_of_tasks_that_nobody_joined()
    {
        await using var chat = await ChatClient.ConnectAsync(_host, _client);
        await chat.AckAsync("history:sync", new { task_id = await TestHost.SubmitAsync(_client, "before") });
        var me = (await TestHost.ReadAsync(await _client.GetAsync("/api/users/me", TestContext.Current.CancellationToken))).GetProperty("id").GetInt64();

        var taskId = await TestHost.SubmitAsync(_client, "unseen");
        var events = await chat.UntilAsync($"user:{me}", e => ChatClient.IsEnd(e) && e.GetProperty("data").GetProperty("task_id").GetInt64() == taskId);
        var created = events.Single(e => e.GetProperty("event").GetString() == "task:created" && e.GetProperty("data").GetProperty("task_id").GetInt64() == taskId);
        Assert.Equal("unseen", created.GetProperty("data").GetProperty("title").GetString());
        Assert.Equal("team", created.GetProperty("data").GetProperty("team_name").GetString());
        Assert.Equal("COMPLETED", events[^1].GetProperty("data").GetProperty("status").GetString());
        Assert.True(events[^1].GetProperty("seq").GetInt64() > 0);
    }

    [Theory]
    [InlineData("chat:send", """{"message":"x"}""", "request.invalid")]
    [InlineData("chat:send", """{"team":"team"}""", "request.invalid")]
    [InlineData("chat:send", """{"team":"nobody","message":"x"}""", "team.not_found")]
    [InlineData("chat:send", """{"task_id":999,"message":"x"}""", "task.not_found")]
    [InlineData("chat:send", """{"task_id":"1 OR 1=1","message":"x"}""", "request.invalid")]
    [InlineData("chat:cancel", """{"task_id":999}""", "task.not_found")]
    [InlineData("chat:resume", """{"task_id":999,"after_seq":0}""", "task.not_found")]
    [InlineData("chat:resume", """{"task_id":999}""", "request.invalid")]
    [InlineData("task:join", """{"task_id":999}""", "task.not_found")]
    [InlineData("task:join", """{}""", "request.invalid")]
    [InlineData("history:sync", """{"task_id":999,"after_message_id":0}""", "task.not_found")]
    [InlineData("chat:retry", """{"task_id":999}""", "task.not_found")]
    public async Task What_cannot_be_done_is_answered_by_an_error_and_the_socket_stays(string name, string data, string code)
    {
        await using var chat = await ChatClient.ConnectAsync(_host, _client);
        Assert.Equal(code, await chat.RefusedAsync(name, JsonDocument.Parse(data).RootElement));
        await chat.AckAsync("task:leave", new { task_id = 1 });
    }

    [Fact]
    public async Task Another_users_task_is_not_there()
    {
        var taskId = await TestHost.SubmitAsync(_client);
        using var other = await _host.AddUserAsync("eve");
        await using var chat = await ChatClient.ConnectAsync(_host, other);
        Assert.Equal("task.not_found", await chat.RefusedAsync("task:join", new { task_id = taskId }));
        Assert.Equal("task.not_found", await chat.RefusedAsync("chat:resume", new { task_id = taskId, after_seq = 0 }));
        Assert.Equal("task.not_found", await chat.RefusedAsync("chat:send", new { task_id = taskId, message = "x" }));
        Assert.Equal("task.not_found", await chat.RefusedAsync("chat:cancel", new { task_id = taskId }));
        Assert.Equal("task.not_found", await chat.RefusedAsync("history:sync", new { task_id = taskId, after_message_id = 0 }));
    }
}
