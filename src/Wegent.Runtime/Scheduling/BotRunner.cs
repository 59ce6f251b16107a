using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wegent.Agents;
using Wegent.Events;
using Wegent.Runtime.Agents;
using Wegent.Runtime.Telemetry;
using Wegent.Sandboxes;
using Wegent.Storage;
using Wegent.Tasks;
using Wegent.Teams;

namespace Wegent.Runtime.Scheduling;

/// <summary>Has one bot's run done: starts or adopts its agent, writes what it streams, and records its end.</summary>
internal sealed class BotRunner(
    AgentCatalog agents,
    AgentRequests requests,
    IOptions<SchedulerOptions> options,
    TimeProvider clock,
    ILogger<BotRunner> logger)
{
    /// <summary>Takes a run to its end. What goes wrong with it is written down, not thrown.</summary>
    /// <exception cref="LeaseLostException">The claim no longer counts.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> fired: the run goes on elsewhere, or is not wanted.</exception>
    public async Task<RunEnd> RunAsync(RunContext run, Subtask subtask, IReadOnlyList<Subtask> messages, CancellationToken stop)
    {
        var member = run.Task.Plan.Members[subtask.Member];
        using var trace = RunTrace.Begin(member, subtask, clock);
        var end = await RunToEndAsync(run, subtask, member, messages, stop).ConfigureAwait(false);
        trace.End(end.Reason, end.Usage);
        return end;
    }

    private async Task<RunEnd> RunToEndAsync(RunContext run, Subtask subtask, PlannedMember member, IReadOnlyList<Subtask> messages, CancellationToken stop)
    {
        var composer = new AnswerComposer(subtask.Id);
        var current = subtask;
        try
        {
            var agent = agents.Get(member.ShellType);
            current = await BeginAsync(run, agent, member, current, stop).ConfigureAwait(false);
            var request = await requests.BuildAsync(run.Task, current, member, hosted: agent is IHostedAgent, messages, stop).ConfigureAwait(false);

            using var deadline = new CancellationTokenSource(options.Value.RunTimeout, clock);
            IAgentRun agentRun = agent switch
            {
                ISandboxAgent sandboxed => await SandboxedRun.StartAsync(sandboxed, request, current.CoveredLine, run, options.Value, clock, logger, stop).ConfigureAwait(false),
                IHostedAgent hosted => new HostedRun(hosted, request),
                _ => throw new WegentException("agent.unusable", $"Agent '{member.ShellType}' implements neither ISandboxAgent nor IHostedAgent."),
            };
            await using (agentRun.ConfigureAwait(false))
            {
                var pump = new RunPump(run, current, agentRun, composer, options.Value.FlushInterval, clock);
                return await EndAsync(run, messages, current, composer, await pump.RunAsync(deadline.Token, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is LeaseLostException || stop.IsCancellationRequested)
        {
            throw;
        }
        catch (SandboxException error)
        {
            return await EndAsync(run, messages, current, composer, new AgentFailed(new Failure(error.Reason, error.Message), TokenUsage.None), stop).ConfigureAwait(false);
        }
        catch (WegentException error) when (error is not UnavailableException)
        {
            return await FailAsync(run, current, composer, new Failure(FailureReason.Misconfigured, error.Message), stop).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not UnavailableException)
        {
            logger.RunDefect(current.Id, run.Task.Id, error);
            return await FailAsync(run, current, composer, new Failure(FailureReason.Internal, $"Bot '{member.BotName}' met a defect ({error.GetType().Name})"), stop).ConfigureAwait(false);
        }
    }

    /// <summary>Cancels the runs of a turn that no agent works on.</summary>
    public static async Task CancelOpenAsync(RunContext run, Turn turn, CancellationToken stop)
    {
        Subtask[] open = [.. turn.Runs.Where(subtask => !subtask.Status.IsFinal())];
        if (open.Length == 0)
            return;

        await run.CommitAsync(
            new RunCommit
            {
                Subtasks = [.. open.Select(subtask => new SubtaskChange(subtask.Id) { Status = TaskState.Cancelled })],
                Events = [.. open.Select(subtask => new ChatCancelled { SubtaskId = subtask.Id, Result = null })],
            },
            stop).ConfigureAwait(false);
    }

    /// <summary>Announces the run, unless it was announced before and its agent may still live.</summary>
    private async Task<Subtask> BeginAsync(RunContext run, IAgent agent, PlannedMember member, Subtask subtask, CancellationToken stop)
    {
        if (subtask.Status == TaskState.Running && agent is ISandboxAgent)
            return subtask;

        var attempt = subtask.Attempt + 1;
        if (subtask.Status == TaskState.Running && attempt > options.Value.MaxAttempts)
            throw new SandboxException(FailureReason.AgentCrashed, $"Bot '{member.BotName}' was cut off {subtask.Attempt} times by the end of its host");

        await run.CommitAsync(
            new RunCommit
            {
                Subtasks = [new SubtaskChange(subtask.Id) { Status = TaskState.Running, Attempt = attempt, CoveredLine = -1 }],
                Events = [new ChatStart { SubtaskId = subtask.Id, MessageId = subtask.MessageId, BotName = member.BotName, ShellType = agent.ShellType, Attempt = attempt }],
            },
            stop).ConfigureAwait(false);
        logger.RunStarted(subtask.Id, run.Task.Id, member.BotName, attempt);
        return subtask with { Status = TaskState.Running, Attempt = attempt, CoveredLine = -1, Result = null, Reason = null, ErrorMessage = null };
    }

    private async Task<RunEnd> EndAsync(RunContext run, IReadOnlyList<Subtask> messages, Subtask subtask, AnswerComposer composer, AgentEvent final, CancellationToken stop)
    {
        switch (final)
        {
            case AgentCompleted completed:
                var result = composer.ToResult(completed.Text, completed.Usage);
                await run.CommitAsync(
                    new RunCommit
                    {
                        Events = [.. composer.TakePending(), new ChatDone { SubtaskId = subtask.Id, MessageId = subtask.MessageId, Offset = composer.TextLength, Result = result }],
                        Subtasks = [new SubtaskChange(subtask.Id) { Status = TaskState.Completed, Result = result, SessionId = composer.SessionId }],
                        Progress = Math.Max(run.Task.Progress, TeamPlan.ProgressAfter(run.Task.Plan, Turn.Last(messages), subtask)),
                    },
                    stop).ConfigureAwait(false);
                return new RunEnd(Retry: null, Reason: null, completed.Usage);

            case AgentFailed { Failure.Reason: FailureReason.Cancelled } cancelled when run.Lease.CancelRequested.IsCancellationRequested:
                var partial = composer.ToResult(value: null, cancelled.Usage);
                await run.CommitAsync(
                    new RunCommit
                    {
                        Events = [.. composer.TakePending(), new ChatCancelled { SubtaskId = subtask.Id, Result = partial }],
                        Subtasks = [new SubtaskChange(subtask.Id) { Status = TaskState.Cancelled, Result = partial, SessionId = composer.SessionId, Failure = cancelled.Failure }],
                    },
                    stop).ConfigureAwait(false);
                return new RunEnd(Retry: null, FailureReason.Cancelled, cancelled.Usage);

            case AgentFailed failed:
                return await FailAsync(run, subtask, composer, failed.Failure, stop, failed.Usage).ConfigureAwait(false);

            default:
                throw new InvalidOperationException($"{final.GetType().Name} ends no run.");
        }
    }

    private async Task<RunEnd> FailAsync(RunContext run, Subtask subtask, AnswerComposer composer, Failure failure, CancellationToken stop, TokenUsage? usage = null)
    {
        logger.RunFailed(subtask.Id, run.Task.Id, failure.Reason, failure.Message);
        var delay = run.Lease.CancelRequested.IsCancellationRequested ? null : options.Value.RetryPolicy.DelayAfter(failure.Reason, Math.Max(subtask.Attempt, 1));
        var partial = composer.ToResult(value: null, usage ?? TokenUsage.None);
        await run.CommitAsync(
            new RunCommit
            {
                Events = [.. composer.TakePending(), new ChatError { SubtaskId = subtask.Id, Error = failure.Describe(), Code = failure.Reason, Retryable = delay is not null }],
                Subtasks =
                [
                    new SubtaskChange(subtask.Id)
                    {
                        Status = delay is null ? TaskState.Failed : TaskState.Pending,
                        Failure = failure,
                        Result = partial.Blocks.Count > 0 ? partial : null,
                        SessionId = composer.SessionId,
                    },
                ],
            },
            stop).ConfigureAwait(false);
        return new RunEnd(delay is { } wait ? new RunMove(TaskTrigger.RetryDue, failure, clock.GetUtcNow() + wait) : null, failure.Reason, usage ?? TokenUsage.None);
    }
}

/// <summary>How a run ended for its turn: recorded, or to be tried again later.</summary>
/// <param name="Retry">The task's way back to the queue; null when the run's end is recorded.</param>
/// <param name="Reason">Why it failed; null when it did not.</param>
/// <param name="Usage">What it used.</param>
internal sealed record RunEnd(RunMove? Retry, FailureReason? Reason, TokenUsage Usage);
