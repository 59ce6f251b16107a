using System.Runtime.InteropServices;
using Wegent.Executor.Processes;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Executions;

/// <summary>
/// Moves bytes between a process and us: both outputs into the journal in the order in which they are read, waiting input into its
/// pipe. Used by the execution's thread only.
/// </summary>
internal sealed class ProcessPipes
{
    private const int ChunkLength = 64 * 1024;

    private readonly ChildProcess child;
    private readonly ExecutionInput input;
    private readonly Journal journal;
    private readonly WakeDescriptor wake;
    private readonly long limit;
    private readonly LineSplitter output;
    private readonly LineSplitter error;
    private readonly byte[] chunk = GC.AllocateUninitializedArray<byte>(ChunkLength);
    private long spent;

    /// <summary>Connects a process with its journal.</summary>
    /// <param name="child">The process.</param>
    /// <param name="input">What is to be written to it.</param>
    /// <param name="journal">Where its output goes.</param>
    /// <param name="wake">Ends a wait early.</param>
    /// <param name="limit">Bytes of journal after which the output is refused.</param>
    public ProcessPipes(ChildProcess child, ExecutionInput input, Journal journal, WakeDescriptor wake, long limit)
    {
        this.child = child;
        this.input = input;
        this.journal = journal;
        this.wake = wake;
        this.limit = limit;
        output = new LineSplitter(ExecutorProtocol.MaxLineBytes, (line, cut) => Append(isError: false, line, cut));
        error = new LineSplitter(ExecutorProtocol.MaxLineBytes, (line, cut) => Append(isError: true, line, cut));
    }

    /// <summary>Whether a stream of output is still open.</summary>
    public bool Open => child.Output >= 0 || child.Error >= 0;

    /// <summary>
    /// Why the execution must end: <see cref="WireExitReasons.OutputLimit"/> or <see cref="WireExitReasons.JournalFailed"/>, else null.
    /// From then on output is read and thrown away.
    /// </summary>
    public string? Trouble { get; private set; }

    /// <summary>Waits until something can be moved, somebody wakes us, or the time is over, and moves it.</summary>
    /// <param name="timeout">Longest wait, or null for none.</param>
    public unsafe void Turn(TimeSpan? timeout)
    {
        if (child.Input >= 0 && input.WantsClose)
            EndInput();
        var entries = stackalloc Libc.PollEntry[4];
        entries[0] = new Libc.PollEntry { Descriptor = wake.Value, Wanted = Libc.PollIn };
        entries[1] = new Libc.PollEntry { Descriptor = child.Output, Wanted = Libc.PollIn };
        entries[2] = new Libc.PollEntry { Descriptor = child.Error, Wanted = Libc.PollIn };
        entries[3] = new Libc.PollEntry { Descriptor = input.HasWork ? child.Input : -1, Wanted = Libc.PollOut };
        var milliseconds = timeout is { } time ? (int)Math.Min(int.MaxValue, Math.Ceiling(time.TotalMilliseconds)) : -1;
        if (Libc.Poll(entries, 4, milliseconds) <= 0)
            return;
        if (entries[0].Seen != 0)
            wake.Reset();
        if (entries[1].Seen != 0 && !Read(child.Output, output))
            child.CloseOutput();
        if (entries[2].Seen != 0 && !Read(child.Error, error))
            child.CloseError();
        if (entries[3].Seen != 0)
            Write();
        Guard(journal.Flush);
    }

    /// <summary>Closes the standard input now, whatever still waits.</summary>
    public void EndInput()
    {
        child.CloseInput();
        input.End();
    }

    /// <summary>Closes everything; what was left without an end of line becomes a line.</summary>
    public void Finish()
    {
        EndInput();
        child.CloseOutput();
        child.CloseError();
        output.Finish();
        error.Finish();
        Guard(journal.Flush);
        journal.Complete();
    }

    /// <summary>Reads once. False when the stream has ended.</summary>
    private unsafe bool Read(int descriptor, LineSplitter splitter)
    {
        nint read;
        fixed (byte* pointer = chunk)
            read = Libc.Read(descriptor, pointer, ChunkLength);
        if (read <= 0)
            return read < 0 && Marshal.GetLastPInvokeError() is Libc.Eagain or Libc.Eintr;
        Spend(read);
        if (Trouble is null)
            splitter.Feed(chunk.AsSpan(0, (int)read));
        return true;
    }

    private unsafe void Write()
    {
        var bytes = input.Peek();
        if (bytes.IsEmpty)
            return;
        nint count;
        fixed (byte* pointer = bytes)
            count = Libc.Write(child.Input, pointer, (nuint)bytes.Length);
        if (count > 0)
            input.Advance((int)count);
        else if (Marshal.GetLastPInvokeError() is not (Libc.Eagain or Libc.Eintr))
            EndInput(); // it has closed its end
    }

    private void Append(bool isError, ReadOnlySpan<byte> line, long cut)
    {
        Spend(Journal.HeaderLength);
        if (Trouble is null)
            journal.Append(isError, line, cut);
    }

    /// <summary>Counts what was read, kept or cut, and what each line takes on disk beside it: neither one endless line nor endless empty ones may go on.</summary>
    private void Spend(long bytes)
    {
        spent += bytes;
        if (spent > limit)
            Trouble ??= WireExitReasons.OutputLimit;
    }

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (IOException failure)
        {
            Trouble ??= WireExitReasons.JournalFailed;
            ExecutorLog.Write($"a journal cannot be written: {failure.Message}");
        }
    }
}
