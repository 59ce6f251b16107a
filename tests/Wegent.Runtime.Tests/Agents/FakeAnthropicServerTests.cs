using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Wegent.TestKit.Models;

namespace Wegent.Runtime.Tests.Agents;

public sealed class FakeAnthropicServerTests : IAsyncLifetime
{
    private readonly HttpClient _client = new();
    private FakeAnthropicServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await FakeAnthropicServer.StartAsync(cancellationToken: Ct);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_message_is_answered_whole()
    {
        _server.Enqueue(FakeModelTurn.Say("Hi there.").CallTool("Bash", new { command = "ls" }, "call-1").Using(7, 3, 2));

        using var response = await AskAsync(stream: false);

        var message = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal("Hi there.", message.GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal("ls", message.GetProperty("content")[1].GetProperty("input").GetProperty("command").GetString());
        Assert.Equal("tool_use", message.GetProperty("stop_reason").GetString());
        Assert.Equal((7, 3, 2), (Usage("input_tokens"), Usage("output_tokens"), Usage("cache_read_input_tokens")));

        int Usage(string name) => message.GetProperty("usage").GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task A_stream_has_the_events_of_the_real_service_in_their_order()
    {
        _server.Enqueue(FakeModelTurn.Think("Hm.").ThenSay("one two").CallTool("Bash", new { command = "ls" }));

        using var response = await AskAsync(stream: true);
        var events = await ReadEventsAsync(response);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            [
                "message_start", "ping",
                "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop",
                "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop",
                "content_block_start", "content_block_delta", "content_block_stop",
                "message_delta", "message_stop",
            ],
            events.Select(message => message.GetProperty("type").GetString()));
        Assert.Equal("one two", string.Concat(events.Where(message => message.ToString().Contains("text_delta", StringComparison.Ordinal)).Select(message => message.GetProperty("delta").GetProperty("text").GetString())));
        Assert.Equal("tool_use", events[^2].GetProperty("delta").GetProperty("stop_reason").GetString());
    }

    [Fact]
    public async Task Turns_are_taken_in_order_then_what_is_said_otherwise()
    {
        _server.Enqueue(FakeModelTurn.Overloaded(), FakeModelTurn.RateLimited(TimeSpan.FromSeconds(3)));
        _server.Otherwise = request => FakeModelTurn.Say($"You said {request.LastUserText}");

        using var first = await AskAsync(stream: false);
        using var second = await AskAsync(stream: true);
        using var third = await AskAsync(stream: false);

        Assert.Equal((HttpStatusCode)529, first.StatusCode);
        Assert.Equal("overloaded_error", (await first.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("error").GetProperty("type").GetString());
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(3)), (second.StatusCode, second.Headers.RetryAfter!.Delta));
        Assert.Contains("You said hello", await third.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Turns_with_a_condition_go_to_whom_they_are_meant_for()
    {
        _server.When(request => request.System.Contains("planner", StringComparison.Ordinal), FakeModelTurn.Say("a plan"));
        _server.Enqueue(FakeModelTurn.Say("for anyone"));

        using var other = await AskAsync(stream: false, system: "You are a builder.");
        using var planner = await AskAsync(stream: false, system: "You are a planner.");

        Assert.Contains("for anyone", await other.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Contains("a plan", await planner.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_are_remembered_with_what_they_held()
    {
        var waiting = _server.WaitForRequestAsync(1, Ct);
        using var response = await AskAsync(stream: true, system: "Be kind.");

        var request = await waiting;
        Assert.Same(request, Assert.Single(_server.Requests));
        Assert.Equal((1, "a-model", true, "Be kind.", "hello", "key-1"), (request.Number, request.Model, request.Stream, request.System, request.LastUserText, request.Credential));
        Assert.Equal("first", request.ToolResults["call-0"]);
        Assert.Equal(["Bash"], request.ToolNames);
    }

    [Fact]
    public async Task Another_key_is_refused()
    {
        _server.ApiKey = "key-2";
        using var refused = await AskAsync(stream: true);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        _server.ApiKey = "key-1";
        using var accepted = await AskAsync(stream: true);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    [Fact]
    public async Task A_cut_stream_holds_what_was_sent_before_and_no_end()
    {
        _server.Enqueue(FakeModelTurn.Say("one two three").CutAfter(2));

        using var response = await AskAsync(stream: true);
        await using var body = await response.Content.ReadAsStreamAsync(Ct);
        using MemoryStream read = new();
        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(read, Ct));

        var text = System.Text.Encoding.UTF8.GetString(read.ToArray());
        Assert.Contains("two ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("three", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_without_streaming_is_cut_at_once()
    {
        _server.Enqueue(FakeModelTurn.Say("one two three").CutAfter(2));

        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(stream: false));
    }

    [Fact]
    public async Task A_stalled_stream_stays_open_until_the_server_ends()
    {
        _server.Enqueue(FakeModelTurn.Say("one two three").StallAfter(1));
        using var response = await AskAsync(stream: true);
        using StreamReader body = new(await response.Content.ReadAsStreamAsync(Ct));
        for (var line = ""; !line!.Contains("one ", StringComparison.Ordinal);)
            line = await body.ReadLineAsync(Ct);
        await body.ReadLineAsync(Ct);

        var next = body.ReadLineAsync(Ct).AsTask();
        Assert.False(next.IsCompleted);
        await _server.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => next.WaitAsync(TimeSpan.FromSeconds(10), Ct));
    }

    [Fact]
    public async Task Garbage_and_errors_come_in_the_middle_of_a_stream()
    {
        _server.Enqueue(FakeModelTurn.Say("one two").GarbageAfter(1), FakeModelTurn.Say("one two").ErrorEventAfter(1), FakeModelTurn.WebPage());

        using var garbage = await AskAsync(stream: true);
        using var error = await AskAsync(stream: true);
        using var page = await AskAsync(stream: true);

        await Assert.ThrowsAnyAsync<JsonException>(() => ReadEventsAsync(garbage));
        Assert.Equal("overloaded_error", (await ReadEventsAsync(error))[^1].GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Warm_ups_and_token_counts_are_answered_and_kept_apart()
    {
        using HttpRequestMessage head = new(HttpMethod.Head, _server.BaseUrl);
        using var warm = await _client.SendAsync(head, Ct);
        using var count = await _client.PostAsJsonAsync($"{_server.BaseUrl}/v1/messages/count_tokens?beta=true", new { messages = Array.Empty<object>() }, Ct);
        using var unknown = await _client.GetAsync($"{_server.BaseUrl}/v1/elsewhere", Ct);

        Assert.Equal(HttpStatusCode.OK, warm.StatusCode);
        Assert.True((await count.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("input_tokens").GetInt32() > 0);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Empty(_server.Requests);
        Assert.Equal(3, _server.OtherRequests.Count);
    }

    private async Task<HttpResponseMessage> AskAsync(bool stream, string system = "")
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"{_server.BaseUrl}/v1/messages?beta=true")
        {
            Content = JsonContent.Create(new
            {
                model = "a-model",
                stream,
                system = new[] { new { type = "text", text = system } },
                tools = new[] { new { name = "Bash" } },
                messages = new object[]
                {
                    new { role = "user", content = "before" },
                    new { role = "user", content = new object[] { new { type = "tool_result", tool_use_id = "call-0", content = "first" }, new { type = "text", text = "hello" } } },
                },
            }),
        };
        request.Headers.Add("x-api-key", "key-1");
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
    }

    private static async Task<List<JsonElement>> ReadEventsAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Ct);
        return [.. text.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => JsonDocument.Parse(line["data: ".Length..]).RootElement)];
    }
}
