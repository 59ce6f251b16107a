using System.Net.WebSockets;

namespace Wegent.Runtime.Sandboxes.Executor;

/// <summary>
/// A WebSocket that breaks when a message grows beyond a bound. The client library collects a message whole, whatever its length;
/// what speaks at the other end stands beside untrusted code.
/// </summary>
/// <param name="inner">The connection.</param>
/// <param name="maxMessage">Largest message in bytes.</param>
internal sealed class BoundedWebSocket(WebSocket inner, int maxMessage) : WebSocket
{
    private long received;

    /// <inheritdoc/>
    public override WebSocketCloseStatus? CloseStatus => inner.CloseStatus;

    /// <inheritdoc/>
    public override string? CloseStatusDescription => inner.CloseStatusDescription;

    /// <inheritdoc/>
    public override WebSocketState State => inner.State;

    /// <inheritdoc/>
    public override string? SubProtocol => inner.SubProtocol;

    /// <inheritdoc/>
    public override void Abort() => inner.Abort();

    /// <inheritdoc/>
    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        inner.CloseAsync(closeStatus, statusDescription, cancellationToken);

    /// <inheritdoc/>
    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        inner.CloseOutputAsync(closeStatus, statusDescription, cancellationToken);

    /// <inheritdoc/>
    public override void Dispose() => inner.Dispose();

    /// <inheritdoc/>
    public override async Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        var result = await inner.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
        Count(result.Count, result.EndOfMessage);
        return result;
    }

    /// <inheritdoc/>
    public override async ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var result = await inner.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
        Count(result.Count, result.EndOfMessage);
        return result;
    }

    /// <inheritdoc/>
    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        inner.SendAsync(buffer, messageType, endOfMessage, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        inner.SendAsync(buffer, messageType, endOfMessage, cancellationToken);

    private void Count(int count, bool endOfMessage)
    {
        received += count;
        if (received > maxMessage)
        {
            inner.Abort();
            throw new WebSocketException(WebSocketError.HeaderError, $"a message is longer than {maxMessage} bytes");
        }

        if (endOfMessage)
            received = 0;
    }
}
