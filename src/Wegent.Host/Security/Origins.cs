using System.Net;

namespace Wegent.Hosting.Security;

/// <summary>Where a browser says that a request comes from.</summary>
internal static class Origins
{
    /// <summary>Whether a page of another site makes the request. Programs that are no browser send no origin.</summary>
    public static bool IsForeign(HttpRequest request) =>
        request.Headers.Origin.Count > 0
        && !(request.Headers.Origin is [{ } origin]
            && Uri.TryCreate(origin, UriKind.Absolute, out var site)
            && string.Equals(site.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)); // not the scheme: a proxy may end TLS before us

    /// <summary>Whether the caller sits on this machine and called it by a name that no other site can take.</summary>
    public static bool IsLocal(HttpContext context) =>
        (context.Connection.RemoteIpAddress is null || IPAddress.IsLoopback(context.Connection.RemoteIpAddress))
        && (string.Equals(context.Request.Host.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(context.Request.Host.Host, out var address) && IPAddress.IsLoopback(address)));
}
