using System.Text.Json;

namespace Wegent.Hosting.Tests.Realtime;

/// <summary>Whoever drops out and comes back misses nothing and hears nothing twice.</summary>
public sealed class ResumeTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private readonly TestHost _host = fixture.Host;
    private readonly HttpClient _client = fixture.Admin;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_client_that_drops_at_random_sees_exactly_what_one_that_never_dropped_sees(int seed)
    {
        _host.Agent.Script = PuppetAgent.Pieces(1500);
        var random = new Random(seed);
        var taskId = await TestHost.SubmitAsync(_client);
        var seen = new List<string>();
        var position = 0L;
        var ended = false;
        while (!ended)
        {
            await using var chat = await ChatClient.ConnectAsync(_host, _client);
            await chat.AckAsync("chat:resume", new { task_id = taskId, after_seq = position });
            for (var left = random.Next(1, 400); left > 0 && !ended; left--)
            {
                var frame = (await chat.UntilAsync($"task:{taskId}", static _ => true))[0];
                seen.Add(Plain(frame));
                position = frame.GetProperty("seq").GetInt64();
                ended = ChatClient.IsEnd(frame);
            }
        }

        var whole = await _host.EventsAsync(taskId);
        Assert.True(whole.Count > 1500);
        Assert.Equal(Enumerable.Range(1, whole.Count).Select(static n => (long)n), whole.Select(static e => e.Seq));
        Assert.Equal(whole.Select(e => $"{e.Seq} {e.Name} {JsonDocument.Parse(e.Data).RootElement.GetRawText()}"), seen);

        await using var once = await ChatClient.ConnectAsync(_host, _client);
        await once.AckAsync("chat:resume", new { task_id = taskId, after_seq = 0 });
        Assert.Equal(seen, (await once.UntilEndAsync(taskId)).Select(Plain));
    }

    [Fact]
    public async Task A_resume_on_the_same_socket_begins_again_where_it_was_asked_to()
    {
        _host.Agent.Script = PuppetAgent.Pieces(10);
        var taskId = await TestHost.SubmitAsync(_client);
        await using var chat = await ChatClient.ConnectAsync(_host, _client);
        await chat.AckAsync("chat:resume", new { task_id = taskId, after_seq = 0 });
        var first = await chat.UntilEndAsync(taskId);
        var ack = await chat.AckAsync("chat:resume", new { task_id = taskId, after_seq = 5 });
        Assert.Equal(first.Count, ack.GetProperty("last_seq").GetInt64());
        Assert.Equal("COMPLETED", ack.GetProperty("status").GetString());
        Assert.Equal(first.Skip(5).Select(Plain), (await chat.UntilEndAsync(taskId)).Select(Plain));
    }

    [Fact]
    public async Task A_number_that_the_log_has_not_reached_is_refused()
    {
        _host.Agent.Script = PuppetAgent.Echo;
        var taskId = await TestHost.SubmitAsync(_client);
        await _host.EventsAsync(taskId);
        await using var chat = await ChatClient.ConnectAsync(_host, _client);
        Assert.Equal("request.invalid", await chat.RefusedAsync("chat:resume", new { task_id = taskId, after_seq = 1_000_000 }));
        Assert.Equal("request.invalid", await chat.RefusedAsync("chat:resume", new { task_id = taskId, after_seq = -1 }));
    }

    [Fact]
    public async Task All_viewers_of_a_task_see_the_same_numbers_and_the_same_bytes()
    {
        _host.Agent.Script = PuppetAgent.Pieces(300);
        var taskId = await TestHost.SubmitAsync(_client);
        var viewers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using var chat = await ChatClient.ConnectAsync(_host, _client);
            await chat.AckAsync("chat:resume", new { task_id = taskId, after_seq = 0 });
            return string.Join('\n', (await chat.UntilEndAsync(taskId)).Select(static frame => frame.GetRawText()));
        }));
        Assert.Single(viewers.Distinct());
    }

    [Fact]
    public async Task One_socket_watches_many_tasks_and_each_in_order()
    {
        _host.Agent.Script = PuppetAgent.Pieces(200);
        var taskIds = new List<long>();
        for (var i = 0; i < 5; i++)
            taskIds.Add(await TestHost.SubmitAsync(_client));
        await using var chat = await ChatClient.ConnectAsync(_host, _client);
        foreach (var taskId in taskIds)
            await chat.AckAsync("chat:resume", new { task_id = taskId, after_seq = 0 });

        var last = taskIds.ToDictionary(static id => $"task:{id}", static _ => 0L);
        var open = new HashSet<string>(last.Keys);
        while (open.Count > 0)
        {
            var frame = (await chat.NextEventAsync())!.Value;
            var room = frame.GetProperty("room").GetString()!;
            if (!last.TryGetValue(room, out var before))
                continue;
            Assert.Equal(before + 1, frame.GetProperty("seq").GetInt64());
            last[room] = before + 1;
            if (ChatClient.IsEnd(frame))
                open.Remove(room);
        }
    }

    private static string Plain(JsonElement frame) =>
        $"{frame.GetProperty("seq").GetInt64()} {frame.GetProperty("event").GetString()} {frame.GetProperty("data").GetRawText()}";
}
