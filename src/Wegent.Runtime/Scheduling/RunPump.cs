using Wegent.Agents;
using Wegent.Events;
using Wegent.Sandboxes;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Runtime.Scheduling;

/// <summary>
/// Carries one run's events into the log: the first piece at once, what follows gathered for a moment, each write covering
/// whole lines, so that a replay knows where to go on. Watches for silence, the deadline and a cancel.
/// </summary>
internal sealed class RunPump(RunContext run, Subtask subtask, IAgentRun agentRun, AnswerComposer composer, TimeSpan flushInterval, TimeProvider clock)
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);

    private long _line = subtask.CoveredLine;
    private string? _sessionId = subtask.SessionId;
    private long _lastFlush;

    private enum Wake
    {
        Output,
        Flush,
        Cancel,
        Deadline,
        Silence,
    }

    /// <summary>Reads to the final event; what precedes it is written, or waits in the composer to be written with it.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> fired: the run was handed over.</exception>
    public async Task<AgentEvent> RunAsync(CancellationToken deadline, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var batches = agentRun.ReadAsync(ending.Token).GetAsyncEnumerator(ending.Token);
        Task<bool> next = batches.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                switch (await WaitAsync(next, deadline, stop).ConfigureAwait(false))
                {
                    case Wake.Output:
                        if (!await next.ConfigureAwait(false))
                            return new AgentFailed(new Failure(FailureReason.AgentCrashed, "The agent ended without a result"), TokenUsage.None);
                        if (Absorb(batches.Current) is { } final)
                            return final;
                        if (composer.HasPending && UntilFlush() == TimeSpan.Zero)
                            await FlushAsync(stop).ConfigureAwait(false);
                        next = batches.MoveNextAsync().AsTask();
                        break;

                    case Wake.Flush:
                        await FlushAsync(stop).ConfigureAwait(false);
                        break;

                    case Wake.Cancel:
                        return await StopAsync(new Failure(FailureReason.Cancelled, "Stopped on request")).ConfigureAwait(false);

                    case Wake.Deadline:
                        return await StopAsync(new Failure(FailureReason.TimedOut, $"Bot '{subtask.BotName}' took longer than its run may take")).ConfigureAwait(false);

                    case Wake.Silence:
                        return await StopAsync(new Failure(FailureReason.TimedOut, $"Bot '{subtask.BotName}' said nothing for {agentRun.SilenceLimit}")).ConfigureAwait(false);
                }
            }
        }
        catch (Exception error) when (stop.IsCancellationRequested || error is LeaseLostException or UnavailableException)
        {
            // Somebody else's now, or ours again when the store is back: either way the agent goes on meanwhile.
            agentRun.HandOver();
            throw;
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await ((Task)next).WaitAsync(StopPatience, clock, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (next.IsCompleted)
                await batches.DisposeAsync().ConfigureAwait(false); // an agent that ignores its token is left to itself
        }

        // Stops the agent and reads what it still says, so that the partial answer is whole.
        async Task<AgentEvent> StopAsync(Failure why)
        {
            using var patience = new CancellationTokenSource(StopPatience, clock);
            try
            {
                var stopping = agentRun.StopAsync();
                while (await next.WaitAsync(patience.Token).ConfigureAwait(false))
                {
                    if (Absorb(batches.Current) is { } final)
                    {
                        await stopping.WaitAsync(patience.Token).ConfigureAwait(false);
                        var won = final is AgentCompleted && why.Reason == FailureReason.Cancelled;
                        return won ? final : new AgentFailed(why, (final as AgentFailed)?.Usage ?? TokenUsage.None);
                    }

                    next = batches.MoveNextAsync().AsTask();
                }
            }
            catch (Exception error) when (error is OperationCanceledException or SandboxException)
            {
                // It is gone, or it is stuck and its sandbox will be removed: what was streamed stands.
            }

            return new AgentFailed(why, TokenUsage.None);
        }
    }

    private async Task<Wake> WaitAsync(Task<bool> next, CancellationToken deadline, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (run.Lease.CancelRequested.IsCancellationRequested)
            return Wake.Cancel;
        if (next.IsCompleted)
            return Wake.Output;

        var wait = composer.HasPending ? UntilFlush() : agentRun.SilenceLimit ?? Timeout.InfiniteTimeSpan;
        using (var wake = CancellationTokenSource.CreateLinkedTokenSource(deadline, stop, run.Lease.CancelRequested))
        {
            await Task.WhenAny(next, Task.Delay(wait, clock, wake.Token)).ConfigureAwait(false);
            await wake.CancelAsync().ConfigureAwait(false);
        }

        stop.ThrowIfCancellationRequested();
        return run.Lease.CancelRequested.IsCancellationRequested ? Wake.Cancel
            : next.IsCompleted ? Wake.Output
            : deadline.IsCancellationRequested ? Wake.Deadline
            : composer.HasPending ? Wake.Flush
            : Wake.Silence;
    }

    private TimeSpan UntilFlush()
    {
        var due = flushInterval - clock.GetElapsedTime(_lastFlush);
        return due > TimeSpan.Zero ? due : TimeSpan.Zero;
    }

    /// <summary>Takes a batch in; gives the final event back when it holds one.</summary>
    private AgentEvent? Absorb(AgentBatch batch)
    {
        foreach (var agentEvent in batch.Events)
        {
            if (agentEvent is AgentProgress progress)
                composer.AddNotice(Describe(progress));
            else
                composer.Add(agentEvent);
        }

        if (batch.Covered)
            composer.DropPending();
        else
            _line = Math.Max(_line, batch.Line);
        return batch.Final;
    }

    private TaskStatusChanged Describe(AgentProgress progress) => new()
    {
        TaskId = run.Task.Id,
        Status = run.Task.Status,
        Progress = run.Task.Progress,
        ErrorMessage = progress.Message,
        Reason = progress.Reason,
    };

    private async Task FlushAsync(CancellationToken stop)
    {
        await run.CommitAsync(
            new RunCommit
            {
                Events = composer.TakePending(),
                Subtasks = [new SubtaskChange(subtask.Id) { CoveredLine = _line, SessionId = composer.SessionId != _sessionId ? composer.SessionId : null }],
            },
            stop).ConfigureAwait(false);
        _sessionId = composer.SessionId;
        _lastFlush = clock.GetTimestamp();
    }
}
