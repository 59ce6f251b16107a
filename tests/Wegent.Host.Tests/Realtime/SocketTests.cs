using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Wegent.Storage;

namespace Wegent.Hosting.Tests.Realtime;

/// <summary>Who may open a socket, and what ends one.</summary>
public sealed class SocketTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private readonly TestHost _host = fixture.Host;
    private readonly HttpClient _client = fixture.Admin;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_comes_in_without_a_token()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusedAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusedAsync(static options => options.SetRequestHeader("Authorization", "Bearer nonsense")));
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusedAsync(query: "ticket=nonsense"));

        // The API's token is no ticket: it would end up in logs of whatever stands between.
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusedAsync(query: "ticket=" + _client.DefaultRequestHeaders.Authorization!.Parameter));
    }

    [Fact]
    public async Task A_ticket_opens_one_socket_once()
    {
        using var reply = await _client.PostAsync("/api/auth/ticket", null, Ct);
        var body = await TestHost.ReadAsync(reply);
        Assert.Equal(30, body.GetProperty("expires_in").GetInt32());
        var query = "ticket=" + body.GetProperty("ticket").GetString();
        await using (var chat = await ChatClient.ConnectAsync(_host, query: query))
            await chat.AckAsync("task:leave", new { task_id = 1 });
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusedAsync(query: query));

        // Nor is a ticket a token.
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/users/me");
        request.Headers.Authorization = new("Bearer", body.GetProperty("ticket").GetString());
        using var refused = await _host.Anonymous.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    public async Task A_page_of_another_site_is_refused(string origin) => Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync(options =>
    {
        options.SetRequestHeader("Authorization", _client.DefaultRequestHeaders.Authorization!.ToString());
        options.SetRequestHeader("Origin", origin);
    }));

    [Fact]
    public async Task A_page_of_this_host_comes_in()
    {
        await using var chat = await ChatClient.ConnectAsync(_host, options =>
        {
            options.SetRequestHeader("Authorization", _client.DefaultRequestHeaders.Authorization!.ToString());
            options.SetRequestHeader("Origin", $"http://{_host.Address.Authority}");
        });
        await chat.AckAsync("task:leave", new { task_id = 1 });
    }

    [Fact]
    public async Task A_request_that_is_no_socket_is_told_so()
    {
        using var reply = await _client.GetAsync("/chat", Ct);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{\"id\":\"c1\"}")]
    [InlineData("{\"id\":\"c1\",\"event\":\"no:such\",\"data\":{}}")]
    [InlineData("{\"id\":\"c1\",\"event\":7,\"data\":{}}")]
    public async Task Twenty_bad_frames_in_a_row_close_the_socket_and_each_is_answered(string frame)
    {
        await using var chat = await ChatClient.ConnectAsync(_host, _client);
        for (var i = 0; i < 19; i++)
            await BadAsync(chat, frame);
        await chat.AckAsync("task:leave", new { task_id = 1 });
        for (var i = 0; i < 20; i++)
            await BadAsync(chat, frame);
        Assert.Null(await chat.ReceiveAnswerAsync());
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, chat.Socket.CloseStatus);
    }

    [Fact]
    public async Task A_frame_above_256_KiB_closes_the_socket_with_1009()
    {
        await using var chat = await ChatClient.ConnectAsync(_host, _client);
        await chat.SendTextAsync("{\"id\":\"c1\",\"event\":\"no:such\",\"data\":\"".PadRight(256 * 1024 - 2, 'x') + "\"}");
        Assert.Equal("error", (await chat.ReceiveAnswerAsync())!.Value.GetProperty("event").GetString());
        await chat.SendTextAsync(new string('x', 256 * 1024 + 1));
        Assert.Null(await chat.ReceiveAnswerAsync());
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, chat.Socket.CloseStatus);
    }

    [Fact]
    public async Task A_frame_in_pieces_is_one_frame_and_bytes_are_none()
    {
        await using var chat = await ChatClient.ConnectAsync(_host, _client);
        var bytes = Encoding.UTF8.GetBytes("{\"id\":\"c1\",\"event\":\"task:leave\",\"data\":{\"task_id\":1}}");
        foreach (var b in bytes)
            await chat.Socket.SendAsync(new ReadOnlyMemory<byte>([b]), WebSocketMessageType.Text, endOfMessage: false, Ct);
        await chat.Socket.SendAsync(ReadOnlyMemory<byte>.Empty, WebSocketMessageType.Text, endOfMessage: true, Ct);
        Assert.Equal("ack", (await chat.ReceiveAnswerAsync())!.Value.GetProperty("event").GetString());

        await chat.Socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, Ct);
        Assert.Equal("error", (await chat.ReceiveAnswerAsync())!.Value.GetProperty("event").GetString());
    }

    [Fact]
    public async Task A_close_is_answered_by_a_close_and_all_rooms_are_left()
    {
        Assert.Equal(0, _host.Rooms.OpenRooms);
        var chat = await ChatClient.ConnectAsync(_host, _client);
        var taskId = await TestHost.SubmitAsync(_client);
        await chat.AckAsync("chat:resume", new { task_id = taskId, after_seq = 0 });
        Assert.Equal(2, _host.Rooms.OpenRooms);
        await chat.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", Ct);
        while (await chat.ReceiveAnswerAsync() is not null)
        {
        }

        Assert.Equal(WebSocketCloseStatus.NormalClosure, chat.Socket.CloseStatus);
        await chat.DisposeAsync();
        await EventuallyAsync(() => _host.Rooms.OpenRooms == 0);
    }

    [Fact]
    public async Task A_socket_that_breaks_off_leaves_its_rooms()
    {
        var chat = await ChatClient.ConnectAsync(_host, _client);
        await chat.AckAsync("task:leave", new { task_id = 1 });
        await chat.DisposeAsync();
        await EventuallyAsync(() => _host.Rooms.OpenRooms == 0);
    }

    [Fact]
    public async Task A_user_who_changes_the_password_loses_the_sockets_of_before()
    {
        using var user = await _host.AddUserAsync("mallory");
        await using var chat = await ChatClient.ConnectAsync(_host, user);
        await chat.AckAsync("task:leave", new { task_id = 1 });
        using var changed = await user.PutAsJsonAsync("/api/users/me/password", new { current_password = TestHost.UserPassword, new_password = "another one altogether" }, Ct);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Null(await chat.ReceiveAnswerAsync());
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, chat.Socket.CloseStatus);
        Assert.NotNull(await _host.Services.GetRequiredService<IUserStore>().FindByNameAsync("mallory", Ct));
    }

    private async Task<HttpStatusCode> RefusedAsync(Action<ClientWebSocketOptions>? configure = null, string query = "")
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        configure?.Invoke(socket.Options);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new UriBuilder(_host.Address) { Scheme = "ws", Path = "/chat", Query = query }.Uri, Ct));
        return socket.HttpStatusCode;
    }

    private static async Task BadAsync(ChatClient chat, string frame)
    {
        await chat.SendTextAsync(frame);
        var answer = (await chat.ReceiveAnswerAsync())!.Value;
        Assert.Equal("error", answer.GetProperty("event").GetString());
        Assert.Equal("request.invalid", answer.GetProperty("error").GetProperty("code").GetString());
    }

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
            await Task.Delay(10, patience.Token);
    }
}
