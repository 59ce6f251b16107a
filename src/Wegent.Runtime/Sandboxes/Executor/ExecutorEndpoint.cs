using System.Net.Sockets;
using System.Net.WebSockets;
using Wegent.Sandboxes.Wire;

namespace Wegent.Runtime.Sandboxes.Executor;

/// <summary>Where an executor listens, and how to get there.</summary>
internal sealed class ExecutorEndpoint : IDisposable
{
    private readonly HttpMessageInvoker http;
    private readonly Uri link;
    private readonly Uri health;

    private ExecutorEndpoint(string display, Uri address, SocketsHttpHandler handler)
    {
        Display = display;
        link = new Uri($"ws://{address.Authority}{ExecutorProtocol.LinkPath}");
        health = new Uri(address, ExecutorProtocol.HealthPath);
        http = new HttpMessageInvoker(handler);
    }

    /// <summary>The address for logs and errors.</summary>
    public string Display { get; }

    /// <summary>The address of the WebSocket; of a Unix socket only the path of it means something.</summary>
    public Uri Link => link;

    /// <summary>An executor behind a TCP port, such as <c>http://127.0.0.1:10001</c>.</summary>
    public static ExecutorEndpoint Tcp(Uri address) => new(address.Authority, address, NewHandler());

    /// <summary>An executor behind a Unix socket.</summary>
    public static ExecutorEndpoint Unix(string socketPath)
    {
        var handler = NewHandler();
        handler.ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        };
        return new ExecutorEndpoint(socketPath, new Uri("http://executor"), handler);
    }

    /// <summary>Whether the executor answers its health check now.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, health);
            using var response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return false;
        }
    }

    /// <summary>Opens a WebSocket.</summary>
    /// <exception cref="WebSocketException">Nobody answers there, or refuses the secret.</exception>
    public async Task<WebSocket> ConnectAsync(string secret, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {secret}");
            socket.Options.KeepAliveInterval = ExecutorProtocol.PingInterval;
            socket.Options.KeepAliveTimeout = ExecutorProtocol.PingTimeout;
            await socket.ConnectAsync(link, http, cancellationToken).ConfigureAwait(false);
            return new BoundedWebSocket(socket, ExecutorProtocol.MaxFrameBytes);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    // A proxy of the host's environment must not stand between the runtime and its own sandboxes.
    private static SocketsHttpHandler NewHandler() => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.Zero,
    };
}
