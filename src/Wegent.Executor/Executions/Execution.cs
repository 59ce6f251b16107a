using System.ComponentModel;
using Wegent.Executor.Processes;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Executions;

/// <summary>
/// One process with everything it starts, its numbered output, its input, and its end. All of it is done by one thread of its own,
/// which waits in <c>poll</c>; other threads only leave requests and wake it.
/// </summary>
internal sealed class Execution : IDisposable
{
    // What is in the pipes of a tree that is dead is read at once; this bounds the wait for a stream that some stranger keeps open.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    private readonly TimeProvider clock;
    private readonly ChildReaper reaper;
    private readonly string? interruptLine;
    private readonly long outputLimit;
    private readonly WakeDescriptor wake = new();
    private readonly ExecutionInput input;
    private readonly StopSchedule stop;
    private readonly long oomKillsBefore = MemoryEvents.OutOfMemoryKills();
    private readonly TaskCompletionSource<WireExit> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChildExit exit;
    private volatile bool exited;

    private Execution(StartCommand command, Journal journal, ChildReaper reaper, TimeProvider clock)
    {
        Id = command.Execution;
        Journal = journal;
        this.reaper = reaper;
        this.clock = clock;
        interruptLine = command.InterruptLine;
        outputLimit = command.OutputLimit ?? ExecutorProtocol.DefaultOutputLimit;
        input = new ExecutionInput(wake);
        stop = new StopSchedule(clock, wake);
        foreach (var (index, line) in (command.Input ?? []).Index())
            _ = input.WriteAsync($"start:{index}", line);
        if (command.CloseInput)
            _ = input.CloseAsync();
    }

    /// <summary>Id given by the runtime.</summary>
    public string Id { get; }

    /// <summary>Process id of its first process.</summary>
    public int Pid { get; private set; }

    /// <summary>What it wrote.</summary>
    public Journal Journal { get; }

    /// <summary>Completes when nothing of it runs any more and its journal is complete. Never fails.</summary>
    public Task<WireExit> Ended => ended.Task;

    /// <summary>Starts the process.</summary>
    /// <param name="command">What the runtime asked for.</param>
    /// <param name="spec">The same, with paths and environment resolved.</param>
    /// <param name="journalFolder">Where the journal's file is created.</param>
    /// <param name="reaper">Starts and collects it.</param>
    /// <param name="clock">For the waits of a stop.</param>
    /// <exception cref="CommandException">It cannot be started.</exception>
    public static Execution Start(StartCommand command, ChildSpec spec, string journalFolder, ChildReaper reaper, TimeProvider clock)
    {
        var execution = new Execution(command, new Journal(journalFolder), reaper, clock);
        try
        {
            var child = reaper.Start(spec, execution.OnExited);
            execution.Pid = child.Pid;
            MemoryEvents.PreferForKill(child.Pid);
            new Thread(() => execution.Run(child), 256 * 1024) { IsBackground = true, Name = "execution" }.Start();
            return execution;
        }
        catch (Win32Exception error)
        {
            execution.Dispose();
            throw new CommandException(ExecutorErrors.StartFailed, $"{spec.Program} cannot be started: {error.Message}");
        }
    }

    /// <summary>Writes a line to its standard input, once for each id; completes when the pipe has taken it.</summary>
    /// <exception cref="CommandException">Its input is closed, or too much waits already.</exception>
    public Task WriteAsync(string inputId, string line) => input.WriteAsync(inputId, line);

    /// <summary>Closes its standard input after what was written so far.</summary>
    public Task CloseInputAsync() => input.CloseAsync();

    /// <summary>Ends it; completes when nothing of it runs any more. Asked again, it only becomes quicker.</summary>
    public Task<WireExit> StopAsync(TimeSpan interruptGrace, TimeSpan terminateGrace)
    {
        if (!Ended.IsCompleted)
            stop.Request(interruptGrace, terminateGrace);
        return Ended;
    }

    /// <summary>Frees the journal of an ended execution.</summary>
    public void Dispose()
    {
        Journal.Dispose();
        wake.Dispose();
    }

    private void OnExited(ChildExit status)
    {
        exit = status;
        exited = true;
        wake.Set();
    }

    private void Run(ChildProcess child)
    {
        var pipes = new ProcessPipes(child, input, Journal, wake, outputLimit);
        var group = new ProcessGroup(reaper, Id, child.Pid);
        var killed = 0;
        while (!exited)
        {
            if (stop.Take() is { } step)
                killed += Carry(step, pipes, group);
            pipes.Turn(stop.UntilNext());
            if (pipes.Trouble is not null)
                stop.Request(TimeSpan.Zero, TimeSpan.Zero);
        }

        // Its end is the end of everything it started: nothing of an execution outlives it.
        killed += group.Kill();
        var since = clock.GetTimestamp();
        while (pipes.Open && clock.GetElapsedTime(since) is var waited && waited < DrainTime)
            pipes.Turn(DrainTime - waited);
        pipes.Finish();
        ended.SetResult(new WireExit { Code = exit.Code, Signal = exit.Signal, Reason = ReasonOf(pipes), Killed = killed });
    }

    private int Carry(StopStep step, ProcessPipes pipes, ProcessGroup group)
    {
        // Before a parent is told to go, its children are written down: a detached one is hard to find afterwards.
        group.Observe();
        switch (step)
        {
            case StopStep.Interrupt when interruptLine is not null:
                Interrupt(interruptLine);
                return 0;
            case StopStep.Interrupt:
                reaper.SignalGroup(Pid, Libc.SigInt);
                return 0;
            case StopStep.Terminate:
                pipes.EndInput();
                reaper.SignalGroup(Pid, Libc.SigTerm);
                return 0;
            default:
                return group.Kill();
        }
    }

    private void Interrupt(string line)
    {
        try
        {
            _ = input.WriteAsync("stop:interrupt", line);
        }
        catch (CommandException)
        {
            reaper.SignalGroup(Pid, Libc.SigInt); // its input is closed or stuck: the line would not reach it
        }

        // A process that answers to lines ends by itself when the turn is over and no further line can come.
        _ = input.CloseAsync();
    }

    private string ReasonOf(ProcessPipes pipes) =>
        pipes.Trouble is { } trouble ? trouble
        : stop.Requested ? WireExitReasons.Stopped
        : exit.Signal == Libc.SigKill && MemoryEvents.OutOfMemoryKills() > oomKillsBefore ? WireExitReasons.OutOfMemory
        : WireExitReasons.Exited;
}
