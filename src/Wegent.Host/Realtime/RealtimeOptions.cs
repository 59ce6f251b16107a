namespace Wegent.Hosting.Realtime;

/// <summary>Bounds of one WebSocket. Section <c>Wegent:Realtime</c>.</summary>
internal sealed class RealtimeOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Wegent:Realtime";

    /// <summary>Largest frame of a client, in bytes.</summary>
    public const int MaxClientFrame = 256 * 1024;

    /// <summary>Bad frames in a row before a socket is closed.</summary>
    public const int MaxBadFrames = 20;

    /// <summary>Tasks that one socket may watch at a time.</summary>
    public const int MaxSeats = 100;

    /// <summary>How often the server pings. Default 15 s, 1 s to 5 min.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a peer may owe the answer to a ping before it counts as dead. Default 45 s, 1 s to 10 min.</summary>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>How long one write may take before the reader counts as too slow. Default 10 s, 100 ms to 5 min.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a reader that is too slow has to take what was written, and to read why it is closed. Default 30 s, 100 ms to 5 min.</summary>
    public TimeSpan SlowReaderGrace { get; set; } = TimeSpan.FromSeconds(30);
}
