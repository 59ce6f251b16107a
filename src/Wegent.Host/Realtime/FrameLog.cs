namespace Wegent.Hosting.Realtime;

/// <summary>The newest frames of a room, as a chain: the room adds at its end, and each viewer walks along it at their own pace.</summary>
/// <remarks>
/// So a viewer's queue is a position and costs nothing, and what a room keeps is bounded whoever reads or does not:
/// a frame that falls out at the old end is cut off the chain. One writer; readers need no lock.
/// </remarks>
internal sealed class FrameLog(long startSeq)
{
    /// <summary>Frames that are kept at most.</summary>
    public const int MaxFrames = 1024;

    /// <summary>Bytes that are kept at most; the newest frame is kept whatever its size.</summary>
    public const int MaxBytes = 1024 * 1024;

    // The frame before the oldest one that is kept.
    private volatile Frame _anchor = new(startSeq, []);
    private volatile Frame? _tail;
    private int _frames;
    private long _bytes;

    /// <summary>Every frame with a larger number is kept, as far as the room has read.</summary>
    public long AnchorSeq => _anchor.Seq;

    /// <summary>Number of the newest frame.</summary>
    public long LastSeq => (_tail ?? _anchor).Seq;

    /// <summary>Adds a frame. One caller at a time.</summary>
    public void Append(Frame frame)
    {
        (_tail ?? _anchor).Next = frame;
        _tail = frame;
        _frames++;
        _bytes += frame.Bytes.Length;
        while ((_frames > MaxFrames || _bytes > MaxBytes) && _anchor.Next is { } oldest && oldest != frame)
        {
            _frames--;
            _bytes -= oldest.Bytes.Length;
            var before = _anchor;
            _anchor = oldest;
            before.Next = Frame.Dropped;
        }
    }

    /// <summary>The newest frame with this number or a smaller one; null when the room no longer keeps all that follows the number.</summary>
    public Frame? Find(long seq)
    {
        while (true)
        {
            var frame = _anchor;
            if (frame.Seq > seq)
                return null;
            while (frame.Next is { } next && next.Seq <= seq)
                frame = next;
            if (frame.Next != Frame.Dropped)
                return frame; // else it fell out meanwhile: look again from the new beginning
        }
    }
}
