using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Executions;

/// <summary>
/// The numbered lines of one execution, on disk. One thread appends, any number read.
/// </summary>
/// <remarks>
/// The file has no name: it is unlinked as soon as it is open. So no agent can change what it said, nothing is left behind however
/// the executor ends, and there is nothing to clean up. The lines live exactly as long as the executor, which is as long as the
/// processes that wrote them. A record is a header of 16 bytes (length, stream, bytes cut) and the text.
/// </remarks>
internal sealed class Journal : IDisposable
{
    /// <summary>What a line takes on disk beside its text.</summary>
    public const int HeaderLength = 16;

    private const int MarkEvery = 64 * 1024;

    private readonly Lock gate = new();
    private readonly SafeFileHandle file;
    private readonly List<(long Line, long Offset)> marks = [(0, 0)];
    private readonly MemoryStream unwritten = new();
    private TaskCompletionSource changed = NewSignal();
    private long unwrittenLines;
    private long lines;
    private long length;
    private bool complete;

    /// <summary>Creates an empty journal.</summary>
    /// <param name="folder">Where its file is created; must exist.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public Journal(string folder)
    {
        var path = Path.Combine(folder, $"journal-{Guid.CreateVersion7():N}");
        file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        File.Delete(path);
    }

    /// <summary>Bytes on disk.</summary>
    public long Length
    {
        get
        {
            lock (gate)
                return length;
        }
    }

    /// <summary>Lines that can be read.</summary>
    public long Lines
    {
        get
        {
            lock (gate)
                return lines;
        }
    }

    /// <summary>Adds a line to what <see cref="Flush"/> writes.</summary>
    public void Append(bool isError, ReadOnlySpan<byte> text, long cut)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        BinaryPrimitives.WriteInt32LittleEndian(header, text.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], isError ? 1 : 0);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], cut);
        unwritten.Write(header);
        unwritten.Write(text);
        unwrittenLines++;
    }

    /// <summary>Writes the appended lines and shows them to the readers.</summary>
    /// <exception cref="IOException">The disk is full or failing; the lines are not shown.</exception>
    public void Flush()
    {
        if (unwrittenLines == 0)
            return;
        RandomAccess.Write(file, unwritten.GetBuffer().AsSpan(0, (int)unwritten.Length), length);
        Publish(unwrittenLines, unwritten.Length, isComplete: false);
        unwrittenLines = 0;
        unwritten.SetLength(0);
        if (unwritten.Capacity > 2 * MarkEvery)
            unwritten.Capacity = 0;
    }

    /// <summary>Says that no line follows.</summary>
    public void Complete() => Publish(0, 0, isComplete: true);

    /// <summary>Waits until there is a line of this number, or none will come.</summary>
    /// <returns>True when the line is there, false when the journal is complete without it.</returns>
    public async ValueTask<bool> WaitAsync(long line, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task signal;
            lock (gate)
            {
                if (line < lines)
                    return true;
                if (complete)
                    return false;
                signal = changed.Task;
            }

            await signal.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Begins to read at a line.</summary>
    public JournalReader OpenReader(long from) => new(this, from);

    /// <inheritdoc/>
    public void Dispose()
    {
        file.Dispose();
        unwritten.Dispose();
    }

    /// <summary>Where a line stands, or the nearest mark before it.</summary>
    internal (long Line, long Offset) Nearest(long line)
    {
        lock (gate)
        {
            var index = marks.BinarySearch((line, long.MaxValue));
            return marks[index >= 0 ? index : ~index - 1];
        }
    }

    /// <summary>Reads one record.</summary>
    /// <param name="offset">Where it begins.</param>
    /// <param name="skip">Whether only its end is wanted.</param>
    /// <returns>The line, or null when it was skipped, and where the next one begins.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal (WireLine? Line, int Bytes, long Next) ReadRecord(long offset, bool skip)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        ReadExactly(header, offset);
        var bytes = BinaryPrimitives.ReadInt32LittleEndian(header);
        var next = offset + HeaderLength + bytes;
        if (skip)
            return (null, bytes, next);
        var text = bytes <= 4096 ? stackalloc byte[bytes] : new byte[bytes];
        ReadExactly(text, offset + HeaderLength);
        var line = new WireLine
        {
            Err = BinaryPrimitives.ReadInt32LittleEndian(header[4..]) == 1,
            Text = Encoding.UTF8.GetString(text),
            Cut = BinaryPrimitives.ReadInt64LittleEndian(header[8..]),
        };
        return (line, bytes, next);
    }

    private void ReadExactly(Span<byte> buffer, long offset)
    {
        while (!buffer.IsEmpty)
        {
            var read = RandomAccess.Read(file, buffer, offset);
            if (read == 0)
                throw new EndOfStreamException("the journal is shorter than what was written to it");
            buffer = buffer[read..];
            offset += read;
        }
    }

    private void Publish(long newLines, long newBytes, bool isComplete)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            lines += newLines;
            length += newBytes;
            complete |= isComplete;
            if (length - marks[^1].Offset >= MarkEvery)
                marks.Add((lines, length));
            signal = changed;
            changed = NewSignal();
        }

        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
