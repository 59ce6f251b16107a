using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Wegent.Agents;
using Wegent.Runtime.Agents;
using Wegent.Runtime.Telemetry;
using Wegent.Sandboxes;
using Wegent.Tasks;
using Wegent.Telemetry;

namespace Wegent.Runtime.Scheduling;

/// <summary>An agent that is a program in the task's sandbox. Its journal is read from the start, so that the translator is the same after a restart.</summary>
internal sealed class SandboxedRun : IAgentRun
{
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(5);

    private readonly IExecution _execution;
    private readonly IAgentTranslator _translator;
    private readonly long _coveredLine;
    private readonly long _taskId;
    private readonly SchedulerOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private long _nextLine;
    private bool _exited;
    private bool _handedOver;
    private Task? _stopping;

    private SandboxedRun(IExecution execution, IAgentTranslator translator, long coveredLine, long taskId, SchedulerOptions options, TimeProvider clock, ILogger logger)
    {
        _execution = execution;
        _translator = translator;
        _coveredLine = coveredLine;
        _taskId = taskId;
        _options = options;
        _clock = clock;
        _logger = logger;
    }

    public TimeSpan? SilenceLimit => _translator.SilenceLimit;

    /// <summary>Starts the agent, or finds it where a host before this one started it.</summary>
    /// <exception cref="SandboxException">The sandbox or the agent could not be started, or the sandbox of a run under way is gone.</exception>
    public static async Task<SandboxedRun> StartAsync(
        ISandboxAgent agent, AgentRequest request, long coveredLine, RunContext run, SchedulerOptions options, TimeProvider clock, ILogger logger, CancellationToken stop)
    {
        using var startDeadline = new CancellationTokenSource(options.StartTimeout, clock);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(stop, startDeadline.Token, run.Lease.CancelRequested);
        try
        {
            // What the log shows of this attempt came from a living agent; a new one would not go on where that one stood.
            var asked = clock.GetTimestamp();
            using var starting = WegentTelemetry.Activities.StartActivity("sandbox.start");
            var (sandbox, paths) = await run.Sandbox.GetAsync(mustExist: coveredLine >= 0, giveUp.Token).ConfigureAwait(false);
            starting?.Dispose();
            Instruments.SandboxReady(clock.GetElapsedTime(asked));
            if (request.Attempt > 1 && await sandbox.FindExecutionAsync(AgentRequest.ExecutionIdOf(request.SubtaskId, request.Attempt - 1), giveUp.Token).ConfigureAwait(false) is { } before)
                await before.StopAsync(TimeSpan.Zero, options.TerminateGrace, giveUp.Token).ConfigureAwait(false); // two attempts must never work side by side

            if (request.SessionExecutionId is { } owner && await sandbox.FindExecutionAsync(owner, giveUp.Token).ConfigureAwait(false) is null)
                request = LostSession.Retell(request); // the sandbox was made anew since

            var spec = agent.Prepare(request, paths) with { Id = request.ExecutionId };
            var execution = await sandbox.StartAsync(spec, giveUp.Token).ConfigureAwait(false);
            return new SandboxedRun(execution, agent.CreateTranslator(request), coveredLine, request.TaskId, options, clock, logger);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested && run.Lease.CancelRequested.IsCancellationRequested)
        {
            throw new SandboxException(FailureReason.Cancelled, "Stopped before the agent began");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new SandboxException(FailureReason.TimedOut, $"The sandbox was not ready within {options.StartTimeout}");
        }
    }

    public async IAsyncEnumerable<AgentBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var output in _execution.ReadAsync(0, cancellationToken).ConfigureAwait(false))
        {
            _nextLine = output.Number + 1;
            _exited = output is ExecutionExited;
            var events = new List<AgentEvent>();
            _translator.Translate(output, events);
            if (_exited && events is not [.., AgentCompleted or AgentFailed])
                events.Add(new AgentFailed(new Failure(FailureReason.AgentCrashed, "The agent ended without a result"), TokenUsage.None));

            var batch = new AgentBatch(output.Number, events, Covered: output.Number <= _coveredLine);
            yield return batch;
            if (batch.Final is not null)
                yield break;
        }
    }

    public Task StopAsync() => _stopping ??= _execution.StopAsync(_options.InterruptGrace, _options.TerminateGrace, CancellationToken.None).AsTask();

    public void HandOver() => _handedOver = true;

    /// <summary>Lets the program end by itself, then makes it: nothing of a run outlives it. A run that is handed over is left alone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_handedOver)
            return;

        try
        {
            if (_stopping is null && !_exited)
                await AwaitExitAsync().ConfigureAwait(false);

            // Also where it did end by itself: what it left behind in the background goes with it.
            await (_stopping ?? _execution.StopAsync(TimeSpan.Zero, _options.TerminateGrace, CancellationToken.None).AsTask()).ConfigureAwait(false);
        }
        catch (SandboxException error)
        {
            _logger.WindUpFailed(_execution.Id, _taskId, error);
        }
    }

    private async Task AwaitExitAsync()
    {
        using var patience = new CancellationTokenSource(ExitPatience, _clock);
        try
        {
            await _execution.CloseInputAsync(patience.Token).ConfigureAwait(false);
            await foreach (var output in _execution.ReadAsync(_nextLine, patience.Token).ConfigureAwait(false))
            {
                if (output is ExecutionExited)
                    return;
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            // It does not end by itself; the caller makes it.
        }
    }
}
