using System.Net;
using System.Net.Sockets;

namespace Wegent.Executor;

/// <summary>Where the executor accepts the runtime.</summary>
/// <param name="EndPoint">The address.</param>
/// <param name="SocketPath">The Unix socket's path, or null for TCP.</param>
internal sealed record ListenAddress(EndPoint EndPoint, string? SocketPath)
{
    // sun_path of sockaddr_un holds 108 bytes, the last one a zero.
    private const int MaxSocketPath = 107;

    /// <summary>Reads <c>tcp:ADDRESS:PORT</c> or <c>unix:PATH</c>.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static ListenAddress Parse(string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            var path = text["unix:".Length..];
            if (path.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(path) > MaxSocketPath)
                throw new FormatException($"--listen: a socket's path has 1 to {MaxSocketPath} bytes, and '{path}' has not");
            return new ListenAddress(new UnixDomainSocketEndPoint(path), path);
        }

        if (text.StartsWith("tcp:", StringComparison.Ordinal) && IPEndPoint.TryParse(text.AsSpan("tcp:".Length), out var endPoint))
            return new ListenAddress(endPoint, null);
        throw new FormatException($"--listen: expected tcp:ADDRESS:PORT or unix:PATH, not '{text}'");
    }

    /// <summary>Opens the socket and listens. A stale Unix socket is replaced.</summary>
    /// <exception cref="SocketException">The address is taken or not allowed.</exception>
    public Socket Listen()
    {
        var isUnix = SocketPath is not null;
        var socket = new Socket(EndPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            if (SocketPath is not null)
                File.Delete(SocketPath);
            socket.Bind(EndPoint);

            // The runtime may be another user than the sandbox's. Who gets in is decided by the secret, and by the folder's mode.
            if (SocketPath is not null)
                File.SetUnixFileMode(SocketPath, (UnixFileMode)0b110_110_110);
            socket.Listen(1024); // strangers who knock in masses are dealt with after the accept, not by a full queue
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
