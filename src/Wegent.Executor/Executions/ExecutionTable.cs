using Wegent.Executor.Processes;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Executions;

/// <summary>All executions by id: starts each once, keeps their journals within the bound, and leaves no stray behind.</summary>
/// <param name="options">Bounds and folders.</param>
/// <param name="launcher">Resolves a start.</param>
/// <param name="reaper">Starts and collects processes.</param>
/// <param name="clock">For the waits of a stop.</param>
internal sealed class ExecutionTable(ExecutorOptions options, Launcher launcher, ChildReaper reaper, TimeProvider clock)
{
    // Ids are remembered beyond their journals, so that a late second start never runs anything twice.
    private const int MaxForgotten = 65_536;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Execution> executions = new(StringComparer.Ordinal);
    private readonly List<Execution> inOrder = [];
    private readonly HashSet<string> forgotten = new(StringComparer.Ordinal);
    private bool ending;

    /// <summary>Starts an execution, or finds the one that this id has started before.</summary>
    /// <exception cref="CommandException">It cannot be started.</exception>
    public (Execution Execution, bool Known) Start(StartCommand command)
    {
        CheckId(command.Execution);
        lock (gate)
        {
            if (executions.TryGetValue(command.Execution, out var before))
                return (before, true);
            ThrowIfForgotten(command.Execution);
            if (ending)
                throw new CommandException(ExecutorErrors.Ending, "the executor is ending");
            if (inOrder.Count(other => !other.Ended.IsCompleted) >= options.MaxExecutions)
                throw new CommandException(ExecutorErrors.Busy, $"{options.MaxExecutions} programs run already; wait for one to end");
            MakeRoom();
            var execution = Execution.Start(command, launcher.Resolve(command), options.State, reaper, clock);
            executions.Add(execution.Id, execution);
            inOrder.Add(execution);
            _ = SweepAfterAsync(execution);
            return (execution, false);
        }
    }

    /// <summary>The execution of an id.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public Execution Get(string id)
    {
        lock (gate)
        {
            if (executions.TryGetValue(id, out var execution))
                return execution;
            ThrowIfForgotten(id);
            throw new CommandException(ExecutorErrors.ExecutionUnknown, $"no execution {id} was started here");
        }
    }

    /// <summary>Kills everything; nothing new is started from here on.</summary>
    public async Task EndAsync()
    {
        Task<WireExit>[] running;
        lock (gate)
        {
            ending = true;
            running = [.. inOrder.Select(execution => execution.StopAsync(TimeSpan.Zero, TimeSpan.Zero))];
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private async Task SweepAfterAsync(Execution execution)
    {
        await execution.Ended.ConfigureAwait(false);
        lock (gate)
        {
            // While another one runs, a stray might be its own; its turn comes with the last one's end.
            if (inOrder.TrueForAll(other => other.Ended.IsCompleted) && ProcessGroup.KillStrays(reaper) is var strays and > 0)
                ExecutorLog.Write($"killed {strays} stray processes after execution {execution.Id}");
        }
    }

    private void MakeRoom()
    {
        var used = inOrder.Sum(execution => execution.Journal.Length);
        for (var i = 0; i < inOrder.Count && used > options.MaxJournalBytes;)
        {
            var oldest = inOrder[i];
            if (!oldest.Ended.IsCompleted)
            {
                i++;
                continue;
            }

            used -= oldest.Journal.Length;
            inOrder.RemoveAt(i);
            executions.Remove(oldest.Id);
            if (forgotten.Count < MaxForgotten)
                forgotten.Add(oldest.Id);
            oldest.Dispose();
        }
    }

    private void ThrowIfForgotten(string id)
    {
        if (forgotten.Contains(id))
            throw new CommandException(ExecutorErrors.ExecutionForgotten, $"the journal of execution {id} was dropped to make room");
    }

    private static void CheckId(string id)
    {
        if (id.Length is 0 or > 128 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw new CommandException(ExecutorErrors.Frame, "the id of an execution has 1 to 128 letters, digits, '-', '_' and '.'");
    }
}
