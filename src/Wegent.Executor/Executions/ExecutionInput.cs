using System.Text;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Executions;

/// <summary>
/// The lines that wait to be written to a process's standard input. Filled by any thread, emptied by the execution's own.
/// </summary>
/// <param name="wake">Woken when there is something to do.</param>
internal sealed class ExecutionInput(WakeDescriptor wake)
{
    private const int MaxWaitingLines = 1024;
    private const int MaxWaitingBytes = ExecutorProtocol.MaxFrameBytes;
    private const int MaxRememberedIds = 4096;

    private readonly Lock gate = new();
    private readonly Queue<Waiting> waiting = [];
    private readonly Dictionary<string, Task> known = new(StringComparer.Ordinal);
    private readonly Queue<string> knownInOrder = [];
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int waitingBytes;
    private int written;
    private bool closing;
    private bool over;

    /// <summary>Whether there is something to write.</summary>
    public bool HasWork
    {
        get
        {
            lock (gate)
                return waiting.Count > 0;
        }
    }

    /// <summary>Whether the input is to be closed now: that was asked for, and everything before it is written.</summary>
    public bool WantsClose
    {
        get
        {
            lock (gate)
                return closing && waiting.Count == 0;
        }
    }

    /// <summary>Adds a line, once for each id; completes when it is written.</summary>
    /// <exception cref="CommandException">Closed, full, or no line.</exception>
    public Task WriteAsync(string inputId, string line)
    {
        if (line.Contains('\n'))
            throw new CommandException(ExecutorErrors.Frame, "a line of input must not contain a line feed");
        Waiting entry;
        lock (gate)
        {
            if (known.TryGetValue(inputId, out var before))
                return before;
            if (closing || over)
                throw InputClosed();
            entry = new Waiting(Encoding.UTF8.GetBytes(line + "\n"));
            if (entry.Bytes.Length > ExecutorProtocol.MaxInputLineBytes)
                throw new CommandException(ExecutorErrors.Frame, $"a line of input is longer than {ExecutorProtocol.MaxInputLineBytes} bytes");
            if (waiting.Count >= MaxWaitingLines || waitingBytes + entry.Bytes.Length > MaxWaitingBytes)
                throw new CommandException(ExecutorErrors.InputFull, "the process does not read its input; wait, or stop it");
            waiting.Enqueue(entry);
            waitingBytes += entry.Bytes.Length;
            Remember(inputId, entry.Done.Task);
        }

        wake.Set();
        return entry.Done.Task;
    }

    /// <summary>Asks for the input to be closed after what waits; completes when it is.</summary>
    public Task CloseAsync()
    {
        lock (gate)
            closing = true;
        wake.Set();
        return closed.Task;
    }

    /// <summary>The bytes that are next, empty when none are.</summary>
    public ReadOnlySpan<byte> Peek()
    {
        lock (gate)
            return waiting.TryPeek(out var entry) ? entry.Bytes.AsSpan(written) : default;
    }

    /// <summary>Says how many bytes of <see cref="Peek"/> the pipe has taken.</summary>
    public void Advance(int count)
    {
        Waiting entry;
        lock (gate)
        {
            entry = waiting.Peek();
            written += count;
            if (written < entry.Bytes.Length)
                return;
            waiting.Dequeue();
            waitingBytes -= entry.Bytes.Length;
            written = 0;
        }

        entry.Done.TrySetResult();
    }

    /// <summary>The input is closed: nothing is written any more, and who waits is told.</summary>
    public void End()
    {
        List<Waiting> lost;
        lock (gate)
        {
            over = true;
            lost = [.. waiting];
            waiting.Clear();
            waitingBytes = 0;
        }

        foreach (var entry in lost)
            entry.Done.TrySetException(InputClosed());
        closed.TrySetResult();
    }

    private void Remember(string inputId, Task written)
    {
        known.Add(inputId, written);
        knownInOrder.Enqueue(inputId);
        if (knownInOrder.Count > MaxRememberedIds)
            known.Remove(knownInOrder.Dequeue());
    }

    private static CommandException InputClosed() =>
        new(ExecutorErrors.InputClosed, "the input of the execution is closed, or it has ended");

    private sealed record Waiting(byte[] Bytes)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
