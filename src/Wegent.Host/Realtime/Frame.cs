namespace Wegent.Hosting.Realtime;

/// <summary>One WebSocket frame, built once and sent to every viewer as it stands, and the way to the next one of its room.</summary>
internal sealed class Frame(long seq, byte[] bytes)
{
    /// <summary>Follows frames that a room no longer keeps, so that a viewer who still stands there notices, and holds nothing back.</summary>
    public static Frame Dropped { get; } = new(long.MaxValue, []);

    private volatile Frame? _next;

    /// <summary>Place in the room's order.</summary>
    public long Seq { get; } = seq;

    /// <summary>The whole frame: header and payload.</summary>
    public byte[] Bytes { get; } = bytes;

    /// <summary>The frame after this one; null when there is none yet, <see cref="Dropped"/> when this one is not kept any more.</summary>
    public Frame? Next
    {
        get => _next;
        set => _next = value;
    }
}
