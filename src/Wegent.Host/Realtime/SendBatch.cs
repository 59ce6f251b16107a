using System.Buffers;

namespace Wegent.Hosting.Realtime;

/// <summary>Frames that go out in one write. One frame is sent from where it lies; several are copied side by side.</summary>
internal sealed class SendBatch
{
    /// <summary>Bytes at most, unless a single frame is larger.</summary>
    public const int MaxBytes = 32 * 1024;

    private byte[]? _only;
    private byte[]? _buffer;
    private int _length;

    /// <summary>Whether there is anything to send.</summary>
    public bool IsEmpty => _only is null && _length == 0;

    /// <summary>What to send.</summary>
    public ReadOnlyMemory<byte> Content => _only ?? _buffer.AsMemory(0, _length);

    /// <summary>Adds a frame if there is room; an empty batch has room for any.</summary>
    public bool TryAdd(byte[] frame)
    {
        if (IsEmpty)
        {
            _only = frame;
            return true;
        }

        if ((_only?.Length ?? _length) + frame.Length > MaxBytes)
            return false;
        if (_only is { } first)
        {
            _only = null;
            Append(first);
        }

        Append(frame);
        return true;
    }

    /// <summary>Makes it empty again, for the next write.</summary>
    public void Clear()
    {
        _only = null;
        _length = 0;
        if (_buffer is { } buffer)
        {
            // An idle socket holds no buffer.
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Append(byte[] frame)
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(MaxBytes);
        frame.CopyTo(_buffer.AsSpan(_length));
        _length += frame.Length;
    }
}
