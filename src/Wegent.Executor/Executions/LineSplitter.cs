namespace Wegent.Executor.Executions;

/// <summary>Cuts a byte stream into lines. Holds at most one line's bound; what is longer is dropped and counted.</summary>
/// <param name="maxLine">Longest line in bytes, without its end.</param>
/// <param name="emit">Takes a line and the number of bytes dropped from its end.</param>
internal sealed class LineSplitter(int maxLine, LineSplitter.Emit emit)
{
    private byte[] pending = [];
    private int length;
    private long cut;

    /// <summary>Takes one line; the bytes are only valid during the call.</summary>
    public delegate void Emit(ReadOnlySpan<byte> line, long cut);

    /// <summary>Takes the next bytes of the stream.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            if (end < 0)
            {
                Keep(bytes);
                return;
            }

            if (length == 0 && cut == 0 && end <= maxLine)
            {
                emit(bytes[..end], 0);
            }
            else
            {
                Keep(bytes[..end]);
                Flush();
            }

            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>The stream has ended: what it left without an end of line is a line too.</summary>
    public void Finish()
    {
        if (length > 0 || cut > 0)
            Flush();
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        var kept = Math.Min(bytes.Length, maxLine - length);
        cut += bytes.Length - kept;
        if (length + kept > pending.Length)
            Array.Resize(ref pending, Math.Min(maxLine, Math.Max(length + kept, pending.Length * 2)));
        bytes[..kept].CopyTo(pending.AsSpan(length));
        length += kept;
    }

    private void Flush()
    {
        emit(pending.AsSpan(0, length), cut);
        if (pending.Length > 64 * 1024)
            pending = []; // a rare long line is not remembered by its memory
        length = 0;
        cut = 0;
    }
}
