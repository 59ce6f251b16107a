using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Channels;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Tests;

/// <summary>A plain WebSocket client that speaks the wire contract frame by frame.</summary>
internal sealed class TestLink : IAsyncDisposable
{
    private readonly ClientWebSocket socket;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<ExecutorReply>> waiting = new();
    private readonly ConcurrentDictionary<long, Channel<ExecutorMessage>> readers = new();
    private readonly CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly Task receiving;
    private long lastId;

    private TestLink(ClientWebSocket socket)
    {
        this.socket = socket;
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        receiving = ReceiveAsync();
    }

    private CancellationToken Ct => deadline.Token;

    public static async Task<TestLink> OpenAsync(string socketPath, string? secret)
    {
        var client = new ClientWebSocket();
        if (secret is not null)
            client.Options.SetRequestHeader("Authorization", $"Bearer {secret}");
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var unix = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await unix.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), ct);
                return new NetworkStream(unix, ownsSocket: true);
            },
        });
        await client.ConnectAsync(new Uri("ws://executor" + ExecutorProtocol.LinkPath), invoker, TestContext.Current.CancellationToken);
        return new TestLink(client);
    }

    public async Task<ExecutorReply> TryAsync(Func<long, ExecutorCommand> make)
    {
        var id = Interlocked.Increment(ref lastId);
        var answer = new TaskCompletionSource<ExecutorReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting[id] = answer;
        readers[id] = Channel.CreateUnbounded<ExecutorMessage>();
        await SendRawAsync(ExecutorFrames.Encode(make(id)));
        return await answer.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    public async Task<ExecutorReply> AskAsync(Func<long, ExecutorCommand> make)
    {
        var reply = await TryAsync(make);
        return reply is FailedReply failed ? throw new InvalidOperationException($"{failed.Code}: {failed.Message}") : reply;
    }

    public async Task<string> FailureAsync(Func<long, ExecutorCommand> make) => Assert.IsType<FailedReply>(await TryAsync(make)).Code;

    public Task<ExecutorReply> StartAsync(string execution, params string[] commandLine) => AskAsync(id => Start(id, execution, commandLine));

    public Task<ExecutorReply> ShellAsync(string execution, string script, bool closeInput = true) =>
        AskAsync(id => Start(id, execution, ["sh", "-c", script]) with { CloseInput = closeInput });

    public static StartCommand Start(long id, string execution, params string[] commandLine) => new()
    {
        Id = id,
        Execution = execution,
        Program = commandLine[0],
        Arguments = commandLine[1..],
        Environment = new Dictionary<string, string>(),
    };

    /// <summary>Opens a reader without acknowledging anything.</summary>
    public async Task<(long Id, ChannelReader<ExecutorMessage> Messages)> OpenReaderAsync(string execution, long from = 0, int window = ExecutorProtocol.DefaultWindow)
    {
        long reader = 0;
        await AskAsync(id => new ReadCommand { Id = reader = id, Execution = execution, From = from, Window = window });
        return (reader, readers[reader].Reader);
    }

    public Task AcknowledgeAsync(long reader, long next) =>
        SendRawAsync(ExecutorFrames.Encode(new AcknowledgeCommand { Id = 0, Reader = reader, Next = next }));

    /// <summary>Reads everything up to the end, checking that nothing is missing and nothing comes twice.</summary>
    public async Task<(List<WireLine> Lines, WireExit Exit)> ReadToEndAsync(string execution, long from = 0, int window = ExecutorProtocol.DefaultWindow)
    {
        var (reader, messages) = await OpenReaderAsync(execution, from, window);
        List<WireLine> lines = [];
        await foreach (var message in messages.ReadAllAsync(Ct))
        {
            switch (message)
            {
                case LinesMessage batch:
                    Assert.Equal(from + lines.Count, batch.First);
                    lines.AddRange(batch.Lines);
                    await AcknowledgeAsync(reader, from + lines.Count);
                    break;
                case EndedMessage ended:
                    Assert.Equal(from + lines.Count, Math.Max(from, ended.Next));
                    return (lines, ended.Exit);
            }
        }

        throw new InvalidOperationException("the link closed before the end");
    }

    /// <summary>Waits for one line that begins with a text, and returns the rest of it.</summary>
    public async Task<string> WaitForLineAsync(string execution, string prefix)
    {
        var (_, messages) = await OpenReaderAsync(execution);
        await foreach (var message in messages.ReadAllAsync(Ct))
        {
            if (message is LinesMessage batch && batch.Lines.FirstOrDefault(line => line.Text.StartsWith(prefix, StringComparison.Ordinal)) is { } found)
                return found.Text[prefix.Length..];
            Assert.IsNotType<EndedMessage>(message);
        }

        throw new InvalidOperationException("the link closed before the line");
    }

    public Task<ExecutorReply> StopAsync(string execution, int interruptMs = 0, int terminateMs = 0) =>
        AskAsync(id => new StopCommand { Id = id, Execution = execution, InterruptMs = interruptMs, TerminateMs = terminateMs });

    public async Task SendRawAsync(ReadOnlyMemory<byte> frame) =>
        await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, Ct);

    public Task WaitForCloseAsync() => receiving.WaitAsync(TimeSpan.FromSeconds(20), Ct);

    public async ValueTask DisposeAsync()
    {
        socket.Abort();
        await receiving;
        socket.Dispose();
        deadline.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[ExecutorProtocol.MaxFrameBytes];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult received;
                do
                {
                    received = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    length += received.Count;
                }
                while (!received.EndOfMessage);
                if (received.MessageType == WebSocketMessageType.Close)
                    break;
                Dispatch(ExecutorFrames.DecodeMessage(buffer.AsSpan(0, length)));
            }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            // Closed from either side.
        }

        foreach (var answer in waiting.Values)
            answer.TrySetException(new IOException("the link has closed"));
        foreach (var reader in readers.Values)
            reader.Writer.TryComplete();
    }

    private void Dispatch(ExecutorMessage message)
    {
        switch (message)
        {
            case ExecutorReply reply when waiting.TryRemove(reply.Re, out var answer):
                answer.SetResult(reply);
                break;
            case LinesMessage lines:
                readers[lines.Reader].Writer.TryWrite(lines);
                break;
            case EndedMessage ended:
                readers[ended.Reader].Writer.TryWrite(ended);
                break;
        }
    }
}
