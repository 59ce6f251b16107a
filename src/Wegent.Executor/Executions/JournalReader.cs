using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Executions;

/// <summary>Reads a journal from a line on. Used by one reader at a time.</summary>
internal sealed class JournalReader
{
    /// <summary>What a line costs beside its text: an endless stream of empty lines must have a bound as well.</summary>
    public const int LineOverhead = 64;

    private readonly Journal journal;
    private long offset;

    /// <summary>Opens a journal.</summary>
    public JournalReader(Journal journal, long from)
    {
        this.journal = journal;
        Next = from;
        offset = -1;
    }

    /// <summary>Number of the line that is read next.</summary>
    public long Next { get; private set; }

    /// <summary>Reads the lines that are there, up to a number of bytes; at least one if there is one.</summary>
    /// <param name="maxBytes">Bytes of text and overhead.</param>
    /// <param name="cost">Bytes of text and overhead that were read.</param>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public List<WireLine> Read(int maxBytes, out int cost)
    {
        List<WireLine> batch = [];
        cost = 0;
        var available = journal.Lines;
        if (Next >= available)
            return batch;
        if (offset < 0)
            Seek();
        while (Next < available)
        {
            if (batch.Count > 0 && cost + journal.ReadRecord(offset, skip: true).Bytes + LineOverhead > maxBytes)
                break;
            var (line, bytes, next) = journal.ReadRecord(offset, skip: false);
            batch.Add(line!); // not skipped
            cost += bytes + LineOverhead;
            offset = next;
            Next++;
        }

        return batch;
    }

    private void Seek()
    {
        (var line, offset) = journal.Nearest(Next);
        for (; line < Next; line++)
            (_, _, offset) = journal.ReadRecord(offset, skip: true);
    }
}
