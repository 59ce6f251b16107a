using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wegent.Messaging;
using Wegent.Runtime.Sandboxes;
using Wegent.Runtime.Telemetry;
using Wegent.Sandboxes;
using Wegent.Storage;
using Wegent.Tasks;
using Wegent.Teams;

namespace Wegent.Runtime.Scheduling;

/// <summary>
/// Takes a claimed task to the end of its turn: asks the team's plan what comes next, has it done, and writes it down.
/// All it knows is stored, so it can be killed at any point and taken up by another.
/// </summary>
internal sealed class RunExecutor(
    ITaskStore tasks,
    IRunStore runs,
    BotRunner bots,
    SandboxSessions sandboxes,
    SandboxReaper reaper,
    IHintBus hints,
    IOptions<SchedulerOptions> options,
    TimeProvider clock,
    ILogger<RunExecutor> logger)
{
    /// <summary>Runs the claim until the turn ends, its lease is lost, or <paramref name="handOver"/> fires. Never throws.</summary>
    public async Task RunAsync(ClaimedTask claim, CancellationToken handOver)
    {
        var taskId = claim.Task.Id;
        try
        {
            var lease = new LeaseKeeper(claim.Lease, claim.Task.Status == TaskState.Cancelling, runs, hints, clock, options.Value.LeaseDuration, logger);
            await using (lease.ConfigureAwait(false))
            {
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(handOver, lease.Lost);
                try
                {
                    var sandbox = sandboxes.Open(claim.Task);
                    await using (sandbox.ConfigureAwait(false))
                        await RunTurnAsync(new RunContext(claim.Task, lease, sandbox, runs, hints), stop.Token).ConfigureAwait(false);
                }
                catch (Exception error) when (lease.Lost.IsCancellationRequested || error is LeaseLostException)
                {
                    logger.LeaseLost(taskId);
                }
                catch (OperationCanceledException) when (handOver.IsCancellationRequested)
                {
                    await HandOverAsync(claim).ConfigureAwait(false);
                }
            }

            reaper.Nudge();
        }
#pragma warning disable CA1031 // the store is away or a defect struck: the lease runs out, and the task is taken up again
        catch (Exception error)
#pragma warning restore CA1031
        {
            logger.TaskAbandoned(taskId, error);
        }
    }

    private async Task HandOverAsync(ClaimedTask claim)
    {
        try
        {
            await runs.ReleaseAsync(claim.Lease, CancellationToken.None).ConfigureAwait(false);
            logger.HandedOver(claim.Task.Id);
        }
        catch (LeaseLostException)
        {
            logger.LeaseLost(claim.Task.Id); // somebody has taken it over already
        }
    }

    private async Task RunTurnAsync(RunContext run, CancellationToken stop)
    {
        while (true)
        {
            var messages = await tasks.ListSubtasksAsync(run.Task.Id, afterMessageId: 0, stop).ConfigureAwait(false);
            var turn = Turn.Last(messages);

            if (run.Lease.CancelRequested.IsCancellationRequested && !HasLiveRun(turn))
            {
                await BotRunner.CancelOpenAsync(run, turn, stop).ConfigureAwait(false);
                await EndAsync(run, new RunMove(TaskTrigger.CancelConfirmed), stop).ConfigureAwait(false);
                return;
            }

            switch (TeamPlan.Next(run.Task.Plan, turn))
            {
                case StartRuns start:
                    var added = start.Runs.Select(planned => new NewSubtask(planned.Member, run.Task.Plan.Members[planned.Member].BotName, planned.Prompt));
                    await runs.AddSubtasksAsync(run.Lease.Lease, [.. added], stop).ConfigureAwait(false);
                    break;

                case ResumeRuns resume:
                    var ended = await RunAllAsync(run, resume.Runs, messages, stop).ConfigureAwait(false);
                    if (Array.Find(ended, end => end.Retry is not null)?.Retry is { } retry)
                    {
                        await run.CommitAsync(new RunCommit { Move = retry }, stop).ConfigureAwait(false);
                        return;
                    }

                    break;

                case AwaitConfirmation:
                    await EndAsync(run, new RunMove(TaskTrigger.ConfirmationNeeded), stop).ConfigureAwait(false);
                    return;

                case CompleteTurn:
                    await EndAsync(run, new RunMove(TaskTrigger.Completed), stop).ConfigureAwait(false);
                    return;

                case FailTurn { Failure.Reason: FailureReason.Cancelled }:
                    await EndAsync(run, new RunMove(TaskTrigger.CancelConfirmed), stop).ConfigureAwait(false);
                    return;

                case FailTurn fail:
                    await EndAsync(run, new RunMove(TaskTrigger.Faulted, fail.Failure), stop).ConfigureAwait(false);
                    return;
            }
        }
    }

    // Members that work side by side share the machine, and the model's limits: only so many at once, the others wait their turn.
    private async Task<RunEnd[]> RunAllAsync(RunContext run, IReadOnlyList<Subtask> open, IReadOnlyList<Subtask> messages, CancellationToken stop)
    {
        using var room = new SemaphoreSlim(options.Value.MaxParallelRuns);
        return await Task.WhenAll(open.Select(RunOneAsync)).ConfigureAwait(false);

        async Task<RunEnd> RunOneAsync(Subtask subtask)
        {
            await room.WaitAsync(stop).ConfigureAwait(false);
            try
            {
                // What has not begun when a cancel comes does not begin; the next look at the turn cancels it.
                return subtask.Status == TaskState.Pending && run.Lease.CancelRequested.IsCancellationRequested
                    ? new RunEnd(Retry: null, Reason: null, TokenUsage.None)
                    : await bots.RunAsync(run, subtask, messages, stop).ConfigureAwait(false);
            }
            finally
            {
                room.Release();
            }
        }
    }

    private async Task EndAsync(RunContext run, RunMove move, CancellationToken stop)
    {
        var artifacts = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (await TakeDiffAsync(run, stop).ConfigureAwait(false) is { } diff)
            artifacts["diff"] = diff;

        var task = await run.CommitAsync(new RunCommit { Move = move, Artifacts = artifacts }, stop).ConfigureAwait(false);
        logger.TaskMoved(task.Id, task.Status);
        if (task.Status.IsFinal())
            Instruments.Ended(task.Status, task.Reason);
    }

    private async Task<string?> TakeDiffAsync(RunContext run, CancellationToken stop)
    {
        try
        {
            return await run.Sandbox.TakeDiffAsync(stop).ConfigureAwait(false);
        }
        catch (SandboxException error)
        {
            logger.DiffFailed(run.Task.Id, error); // the turn's own end counts more
            return null;
        }
    }

    // A run that was under way when the cancel came (or when the host before us died) may have a living agent: it is stopped by its runner.
    private static bool HasLiveRun(Turn turn) => turn.Runs.Any(run => run.Status == TaskState.Running);
}
