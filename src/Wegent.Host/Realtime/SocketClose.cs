using System.Net.WebSockets;

namespace Wegent.Hosting.Realtime;

/// <summary>Why a socket is closed, as the client is told.</summary>
/// <param name="Status">Code of RFC 6455 section 7.4 or its registry.</param>
/// <param name="Reason">In words, at most 123 bytes.</param>
internal sealed record SocketClose(WebSocketCloseStatus Status, string Reason)
{
    /// <summary>The client closed.</summary>
    public static SocketClose ByClient { get; } = new(WebSocketCloseStatus.NormalClosure, "");

    /// <summary>1011: a defect of the host.</summary>
    public static SocketClose Defect { get; } = new(WebSocketCloseStatus.InternalServerError, "A defect of the host; its log says more.");

    /// <summary>1012: the host stops.</summary>
    public static SocketClose Restart { get; } = new((WebSocketCloseStatus)1012, "The host stops; connect again and resume.");

    /// <summary>1013: the client does not read fast enough.</summary>
    public static SocketClose TooSlow { get; } = new((WebSocketCloseStatus)1013, "Too slow; connect again and resume.");

    /// <summary>1008: nothing but bad frames.</summary>
    public static SocketClose BadFrames { get; } = new(WebSocketCloseStatus.PolicyViolation, "Too many bad frames.");

    /// <summary>1008: the token does not count any more.</summary>
    public static SocketClose TokenEnded { get; } = new(WebSocketCloseStatus.PolicyViolation, "The token has ended; sign in again.");

    /// <summary>1009: a frame is too big.</summary>
    public static SocketClose TooBig { get; } = new(WebSocketCloseStatus.MessageTooBig, "A frame may have 256 KiB.");
}
