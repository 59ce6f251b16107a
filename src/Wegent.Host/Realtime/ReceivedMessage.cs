using System.Buffers;

namespace Wegent.Hosting.Realtime;

/// <summary>A client's message while it is read, in a borrowed buffer that grows with it.</summary>
internal sealed class ReceivedMessage : IDisposable
{
    private const int FirstBytes = 2048;

    private byte[] _buffer = [];

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    /// <summary>The message.</summary>
    public ReadOnlyMemory<byte> Content => _buffer.AsMemory(0, Length);

    /// <summary>Where the next bytes go: at least one, at most up to the limit of a message.</summary>
    public Memory<byte> Free()
    {
        if (Length == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, Length * 2));
            _buffer.AsSpan(0, Length).CopyTo(larger);
            Dispose();
            _buffer = larger;
        }

        return _buffer.AsMemory(Length..Math.Min(_buffer.Length, RealtimeOptions.MaxClientFrame));
    }

    /// <summary>Counts bytes that were read.</summary>
    public void Advance(int count) => Length += count;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
