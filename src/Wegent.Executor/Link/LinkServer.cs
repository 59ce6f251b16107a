using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Wegent.Executor.Security;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Link;

/// <summary>
/// Accepts connections, answers the health check, and turns an authenticated upgrade into a WebSocket. No web server: this is
/// all of HTTP that the executor speaks, and it starts in a fraction of the time.
/// </summary>
/// <param name="listener">A socket that listens.</param>
/// <param name="secret">Recognises the runtime.</param>
/// <param name="clock">For the time a handshake may take.</param>
/// <param name="serve">Serves one authenticated link until it ends.</param>
internal sealed class LinkServer(
    Socket listener, LinkSecret secret, TimeProvider clock, Func<WebSocket, CancellationToken, Task> serve)
{
    /// <summary>Connections that have not shown the secret; one more closes the oldest, so that strangers cannot lock the runtime out.</summary>
    public const int MaxStrangers = 16;

    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(5);
    private static readonly byte[] WebSocketGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8.ToArray();

    private readonly Lock gate = new();
    private readonly LinkedList<Socket> strangers = [];

    /// <summary>Accepts until the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
                _ = HandleAsync(socket, Admit(socket), cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException error)
            {
                // Out of descriptors, or a connection that was gone before it was accepted.
                ExecutorLog.Write($"accept failed: {error.SocketErrorCode}");
                await Task.Delay(TimeSpan.FromMilliseconds(50), clock, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private LinkedListNode<Socket> Admit(Socket socket)
    {
        Socket? oldest = null;
        LinkedListNode<Socket> entry;
        lock (gate)
        {
            if (strangers.Count >= MaxStrangers)
            {
                oldest = strangers.First!.Value; // the list is not empty
                strangers.RemoveFirst();
            }

            entry = strangers.AddLast(socket);
        }

        oldest?.Dispose();
        return entry;
    }

    private void Leave(LinkedListNode<Socket> entry)
    {
        lock (gate)
        {
            if (entry.List is not null)
                strangers.Remove(entry);
        }
    }

    private async Task HandleAsync(Socket socket, LinkedListNode<Socket> entry, CancellationToken cancellationToken)
    {
        try
        {
            using (socket)
            {
                if (socket.AddressFamily != AddressFamily.Unix)
                    socket.NoDelay = true;
                if (await GreetAsync(socket, cancellationToken).ConfigureAwait(false))
                {
                    Leave(entry);
                    await LinkAsync(socket, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception error) when (error is SocketException or IOException or WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side is gone, or we are. Its commands are idempotent; it will come again.
        }
        finally
        {
            Leave(entry);
        }
    }

    private async Task LinkAsync(Socket socket, CancellationToken cancellationToken)
    {
        var stream = new NetworkStream(socket);
        await using var _ = stream.ConfigureAwait(false);
        using var link = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions
        {
            IsServer = true,
            KeepAliveInterval = ExecutorProtocol.PingInterval,
            KeepAliveTimeout = ExecutorProtocol.PingTimeout,
        });
        await serve(link, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Answers the request. True when the connection is a WebSocket of the runtime from here on.</summary>
    private async Task<bool> GreetAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(HandshakeTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var (head, tooLong) = await ReadHeadAsync(socket, either.Token).ConfigureAwait(false);
        var answer = head switch
        {
            null when tooLong => Refusal("431 Request Header Fields Too Large"),
            null => Refusal("400 Bad Request"),
            { Method: not "GET" } => Refusal("405 Method Not Allowed"),
            { Path: ExecutorProtocol.HealthPath } => Refusal("200 OK"),
            { Path: not ExecutorProtocol.LinkPath } => Refusal("404 Not Found"),
            _ when !secret.Matches(head["Authorization"]) => Refusal("401 Unauthorized"),
            _ when head["Origin"] is not null => Refusal("403 Forbidden"), // only a browser sends one
            { WebSocketKey: null } => Refusal("426 Upgrade Required"),
            { WebSocketKey: var key } => Acceptance(key),
        };
        await SendAsync(socket, Encoding.ASCII.GetBytes(answer.Text), either.Token).ConfigureAwait(false);
        return answer.Accepted;
    }

    private static async Task<(RequestHead? Head, bool TooLong)> ReadHeadAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[RequestHead.MaxBytes];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None, cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return (null, false);
            length += read;
            var end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                // A client has nothing more to say before it has our answer.
                return (end + 4 == length ? RequestHead.Parse(buffer.AsSpan(0, length)) : null, false);
            }
        }

        return (null, true);
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
    }

    private static (bool Accepted, string Text) Refusal(string status) =>
        (false, $"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    private static (bool Accepted, string Text) Acceptance(string key)
    {
        var proof = Convert.ToBase64String(Sha1.Hash([.. Encoding.ASCII.GetBytes(key), .. WebSocketGuid]));
        return (true, $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {proof}\r\n\r\n");
    }
}
