using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Wegent.Runtime.Egress;

/// <summary>
/// The one way by which agents inside this process call others over HTTP. Whether an address is allowed is decided on what its name
/// resolved to, at the moment of connecting, so that no name can lead elsewhere after a check.
/// </summary>
/// <remarks>
/// Redirects are not followed: they would carry a credential to wherever they lead. A proxy of the environment (<c>HTTPS_PROXY</c>) is
/// used, and then it is the proxy that decides what can be reached.
/// </remarks>
internal sealed class EgressHttp : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(10); // names are resolved anew after that

    private readonly SocketsHttpHandler _handler;
    private readonly bool _allowPrivate;

    public EgressHttp(IOptions<EgressOptions> options)
    {
        _allowPrivate = options.Value.AllowPrivateNetworks ?? true;
        _handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
            ConnectCallback = ConnectAsync,
        };
    }

    /// <summary>A client over the shared connections, without a timeout of its own. Disposing it leaves the connections.</summary>
    /// <param name="outer">Sees each request and reply; null for nobody. It is given its inner handler.</param>
    public HttpClient CreateClient(DelegatingHandler? outer = null)
    {
        HttpMessageHandler handler = _handler;
        if (outer is not null)
        {
            outer.InnerHandler = _handler;
            handler = outer;
        }

        return new HttpClient(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public void Dispose() => _handler.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var isProxy = context.InitialRequestMessage.RequestUri is { } target && !string.Equals(target.IdnHost.Trim('[', ']'), host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        if (!_allowPrivate && !isProxy)
            addresses = [.. addresses.Where(PublicAddress.Is)];
        if (addresses.Length == 0)
            throw new EgressRefusedException(host);

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
