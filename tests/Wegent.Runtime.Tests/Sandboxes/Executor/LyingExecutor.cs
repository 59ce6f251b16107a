using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Wegent.Sandboxes.Wire;

namespace Wegent.Runtime.Tests.Sandboxes.Executor;

/// <summary>What an agent that took the executor's place would be: it answers the handshake, and then whatever a test makes up.</summary>
internal sealed class LyingExecutor : IAsyncDisposable
{
    private static readonly byte[] Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8.ToArray();

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _serving;

    public LyingExecutor(string path, Func<ExecutorCommand, Func<ExecutorMessage, Task>, Func<byte[], Task>, Task> answer)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _serving = ServeAsync(answer);
    }

    public static WelcomeReply Welcome(long id, string instance = "one", int version = 1) => new()
    {
        Re = id,
        Version = version,
        Instance = instance,
        Program = "fake",
        Workspace = "/w",
        Home = "/h",
    };

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        await _serving;
        _over.Dispose();
    }

    private async Task ServeAsync(Func<ExecutorCommand, Func<ExecutorMessage, Task>, Func<byte[], Task>, Task> answer)
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                using var socket = await _listener.AcceptAsync(_over.Token);
                await LinkAsync(socket, answer);
            }
            catch (Exception error) when (error is SocketException or IOException or OperationCanceledException or WebSocketException or ObjectDisposedException)
            {
                // The next one.
            }
        }
    }

    private async Task LinkAsync(Socket socket, Func<ExecutorCommand, Func<ExecutorMessage, Task>, Func<byte[], Task>, Task> answer)
    {
        var buffer = new byte[64 * 1024];
        var head = Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
        var key = head.Split("Sec-WebSocket-Key: ")[1].Split("\r\n")[0];
#pragma warning disable CA5350 // what the WebSocket handshake asks for
        var proof = Convert.ToBase64String(SHA1.HashData([.. Encoding.ASCII.GetBytes(key), .. Guid]));
#pragma warning restore CA5350
        await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {proof}\r\n\r\n"));
        using var link = WebSocket.CreateFromStream(new NetworkStream(socket), new WebSocketCreationOptions { IsServer = true });
        while (true)
        {
            var received = await link.ReceiveAsync(buffer.AsMemory(), _over.Token);
            if (received.MessageType == WebSocketMessageType.Close)
                return;
            await answer(ExecutorFrames.DecodeCommand(buffer.AsSpan(0, received.Count)), message => SendAsync(link, ExecutorFrames.Encode(message)), bytes => SendAsync(link, bytes));
        }
    }

    private static Task SendAsync(WebSocket link, byte[] frame) => link.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
}
