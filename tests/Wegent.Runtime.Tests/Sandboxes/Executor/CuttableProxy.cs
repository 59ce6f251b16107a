using System.Net.Sockets;

namespace Wegent.Runtime.Tests.Sandboxes.Executor;

/// <summary>A Unix socket in front of another one, whose connections a test can cut and refuse.</summary>
internal sealed class CuttableProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _gate = new();
    private readonly List<Socket> _open = [];
    private readonly Task _accepting;

    public CuttableProxy(string path, string target)
    {
        Path = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _accepting = AcceptAsync(target);
    }

    public string Path { get; }

    /// <summary>Connections so far.</summary>
    public int Accepted { get; private set; }

    /// <summary>Bytes that came from the target.</summary>
    public long Received { get; private set; }

    /// <summary>Whether new connections are closed at once.</summary>
    public bool Refuses { get; set; }

    /// <summary>Called with the bytes so far; true cuts the connections.</summary>
    public Func<long, bool> CutAfter { get; set; } = _ => false;

    public void Cut()
    {
        lock (_gate)
        {
            foreach (var socket in _open)
                socket.Dispose();
            _open.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        Cut();
        await _accepting;
        _over.Dispose();
    }

    private async Task AcceptAsync(string target)
    {
        while (true)
        {
            try
            {
                var client = await _listener.AcceptAsync(_over.Token);
                Accepted++;
                if (Refuses)
                {
                    client.Dispose();
                    continue;
                }

                var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await server.ConnectAsync(new UnixDomainSocketEndPoint(target));
                lock (_gate)
                    _open.AddRange([client, server]);
                _ = CopyAsync(client, server, counted: false);
                _ = CopyAsync(server, client, counted: true);
            }
            catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                if (_over.IsCancellationRequested)
                    return;
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to, bool counted)
    {
        var buffer = new byte[4096];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer)) > 0)
            {
                await to.SendAsync(buffer.AsMemory(0, read));
                Received += counted ? read : 0;
                if (counted && CutAfter(Received))
                    Cut();
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Cut.
        }

        from.Dispose();
        to.Dispose();
    }
}
