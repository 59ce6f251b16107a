using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MySqlConnector;
using Wegent.TestKit;

namespace Wegent.Runtime.Tests.Storage.Sql.MySql;

/// <summary>A wire between the stores and the test server that can be cut: at once, or at a statement, before or after the server got it.</summary>
internal sealed class MySqlWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> _open = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private volatile Cut? _cut;
    private volatile bool _isDown;
    private int _connections;

    public MySqlWire()
    {
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>How many connections went through it.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>The connection string that goes by this wire.</summary>
    public string ConnectionStringOf(MySqlTestDatabase database) => new MySqlConnectionStringBuilder(database.ConnectionString)
    {
        Server = "127.0.0.1",
        Port = (uint)((IPEndPoint)_listener.LocalEndpoint).Port,
        SslMode = MySqlSslMode.Disabled, // it reads along
    }.ConnectionString;

    /// <summary>Cuts the connection that next carries a statement of this text, once.</summary>
    /// <param name="statement">The statement, or a piece of it.</param>
    /// <param name="afterServerGotIt">Whether the server still gets it, and only its answer is lost.</param>
    public void CutAt(string statement, bool afterServerGotIt) => _cut = new(Encoding.UTF8.GetBytes(statement), afterServerGotIt);

    /// <summary>Cuts all connections, and takes no new ones until <see cref="Up"/>.</summary>
    public void Down()
    {
        _isDown = true;
        foreach (var client in _open.Keys)
            client.Dispose();
    }

    public void Up() => _isDown = false;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Down();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                if (_isDown)
                    client.Dispose();
                else
                    _ = CarryAsync(client);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // it was closed
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        Interlocked.Increment(ref _connections);
        _open[client] = true;
        var settings = new MySqlConnectionStringBuilder(TestServices.MySql);
        using var server = new TcpClient { NoDelay = true };
        try
        {
            client.NoDelay = true;
            await server.ConnectAsync(settings.Server, (int)settings.Port, _stop.Token);
            await Task.WhenAny(SendAsync(client.GetStream(), server.GetStream()), server.GetStream().CopyToAsync(client.GetStream(), _stop.Token));
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // one end is gone, and the other goes now
        }
        finally
        {
            _open.TryRemove(client, out _);
            client.Dispose();
        }
    }

    private async Task SendAsync(NetworkStream client, NetworkStream server)
    {
        var buffer = new byte[64 * 1024];
        while (await client.ReadAsync(buffer, _stop.Token) is > 0 and var count)
        {
            var cut = _cut is { } armed && buffer.AsSpan(0, count).IndexOf(armed.Statement) >= 0 ? armed : null;
            if (cut is not null)
                _cut = null;
            if (cut is { AfterServerGotIt: true })
                client.Socket.Shutdown(SocketShutdown.Both); // no answer goes back
            if (cut is not { AfterServerGotIt: false })
                await server.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
            if (cut is not null)
            {
                if (cut.AfterServerGotIt)
                    _ = await server.ReadAsync(buffer, _stop.Token); // the server has answered, so it has done it
                return;
            }
        }
    }

    private sealed record Cut(byte[] Statement, bool AfterServerGotIt);
}
