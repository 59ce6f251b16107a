using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Wegent.Hosting.Tests;

/// <summary>A client of <c>/chat</c>.</summary>
internal sealed class ChatClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Queue<JsonElement> _kept = [];
    private int _lastId;

    private ChatClient(ClientWebSocket socket) => Socket = socket;

    public ClientWebSocket Socket { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Connects with the token of a signed-in client.</summary>
    public static Task<ChatClient> ConnectAsync(TestHost host, HttpClient signedIn) =>
        ConnectAsync(host, options => options.SetRequestHeader("Authorization", signedIn.DefaultRequestHeaders.Authorization!.ToString()));

    public static async Task<ChatClient> ConnectAsync(TestHost host, Action<ClientWebSocketOptions>? configure = null, string query = "")
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        configure?.Invoke(socket.Options);
        var client = new ChatClient(socket);
        try
        {
            await socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws", Path = "/chat", Query = query }.Uri, Ct);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends an event and waits for its answer; events that come before are kept for <see cref="NextEventAsync"/>.</summary>
    public async Task<JsonElement> AskAsync(string name, object data)
    {
        var id = $"c{++_lastId}";
        await SendTextAsync(JsonSerializer.Serialize(new { id, @event = name, data }));
        while (true)
        {
            var frame = await ReceiveAsync() ?? throw new InvalidOperationException($"Closed with {Socket.CloseStatus} before the answer.");
            if (frame.TryGetProperty("id", out var answered) && answered.GetString() == id)
                return frame;
            _kept.Enqueue(frame);
        }
    }

    /// <summary>The same, and the answer must be an ack: returns its data.</summary>
    public async Task<JsonElement> AckAsync(string name, object data)
    {
        var answer = await AskAsync(name, data);
        Assert.True(answer.GetProperty("event").GetString() == "ack", answer.ToString());
        return answer.GetProperty("data");
    }

    /// <summary>Sends a message that begins a task, and watches the task from its first event on.</summary>
    public async Task<long> BeginTaskAsync(object message)
    {
        var taskId = (await AckAsync("chat:send", message)).GetProperty("task_id").GetInt64();
        await AckAsync("chat:resume", new { task_id = taskId, after_seq = 0 });
        return taskId;
    }

    /// <summary>Sends an event that must be refused with an error: returns its code.</summary>
    public async Task<string> RefusedAsync(string name, object data)
    {
        var answer = await AskAsync(name, data);
        Assert.True(answer.GetProperty("event").GetString() == "error", answer.ToString());
        Assert.False(string.IsNullOrWhiteSpace(answer.GetProperty("error").GetProperty("detail").GetString()));
        return answer.GetProperty("error").GetProperty("code").GetString()!;
    }

    public Task SendTextAsync(string text) => Socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Ct);

    /// <summary>The next event, or null when the socket is closed.</summary>
    public async Task<JsonElement?> NextEventAsync() => _kept.TryDequeue(out var kept) ? kept : await ReceiveAsync();

    /// <summary>Events of one room up to one that fits, that one included.</summary>
    public async Task<IReadOnlyList<JsonElement>> UntilAsync(string room, Func<JsonElement, bool> last)
    {
        var events = new List<JsonElement>();
        while (true)
        {
            var next = await NextEventAsync() ?? throw new InvalidOperationException($"Closed with {Socket.CloseStatus} after {events.Count} events.");
            if (next.TryGetProperty("room", out var name) && name.GetString() == room)
            {
                events.Add(next);
                if (last(next))
                    return events;
            }
        }
    }

    /// <summary>Events of a task up to the end of its turn.</summary>
    public Task<IReadOnlyList<JsonElement>> UntilEndAsync(long taskId) => UntilAsync($"task:{taskId}", IsEnd);

    /// <summary>Whether an event says that a task rests in a final state.</summary>
    public static bool IsEnd(JsonElement frame) =>
        frame.GetProperty("event").GetString() == "task:status" && frame.GetProperty("data").GetProperty("status").GetString() is "COMPLETED" or "FAILED" or "CANCELLED";

    /// <summary>The next frame that is no event of a room, or null when the socket is closed: what other tests do on the same host is told, too.</summary>
    public async Task<JsonElement?> ReceiveAnswerAsync()
    {
        while (true)
        {
            if (await ReceiveAsync() is not { } frame)
                return null;
            if (!frame.TryGetProperty("room", out _))
                return frame;
        }
    }

    /// <summary>A frame, or null when the socket is closed.</summary>
    public async Task<JsonElement?> ReceiveAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await Socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            message.Write(buffer, 0, part.Count);
            if (!part.EndOfMessage)
                continue;
            using var document = JsonDocument.Parse(message.ToArray());
            return document.RootElement.Clone();
        }
    }

    public ValueTask DisposeAsync()
    {
        Socket.Abort();
        Socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
