using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wegent.Messaging;
using Wegent.Storage;

namespace Wegent.Runtime.Scheduling;

/// <summary>Claims what may run and hands each claim to a <see cref="RunExecutor"/>. Woken by hints, correct without them.</summary>
internal sealed class TaskDispatcher(
    IRunStore runs,
    RunExecutor executor,
    NodeIdentity node,
    IHintBus hints,
    IOptions<SchedulerOptions> options,
    TimeProvider clock,
    ILogger<TaskDispatcher> logger) : PeriodicService(logger, clock), IDisposable
{
    private readonly TimeProvider _clock = clock;
    private readonly IHintSubscription _queue = hints.Subscribe(HintTopics.Queue);
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly CancellationTokenSource _handOver = new();
    private bool _tookOver = !node.IsRestart;
    private volatile bool _mayHaveMore;

    /// <summary>Runs under way on this host.</summary>
    public int RunningCount => _running.Count;

    public override async ValueTask RunOnceAsync(CancellationToken stoppingToken)
    {
        _mayHaveMore = false;
        var room = options.Value.MaxConcurrentTasks - _running.Count;
        if (room <= 0)
            return; // the end of a run gives the next hint

        var claimed = await runs.ClaimAsync(
            new ClaimRequest(node.Name, _clock.GetUtcNow() + options.Value.LeaseDuration, options.Value.MaxConcurrentTasks, room) { TakeOverOwn = !_tookOver },
            stoppingToken).ConfigureAwait(false);
        _tookOver = true;
        _mayHaveMore = claimed.Count == room;

        foreach (var claim in claimed)
        {
            logger.TaskClaimed(claim.Task.Id, node.Name, claim.Lease.Fence, claim.Adopted);
            var run = Task.Run(() => executor.RunAsync(claim, _handOver.Token), CancellationToken.None);
            _running.TryAdd(run, 0);
            _ = run.ContinueWith(
                ended =>
                {
                    _running.TryRemove(ended, out _);
                    hints.Publish(HintTopics.Queue);
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);

        // Runs give their leases back; sandboxed agents go on, and whoever claims next adopts them.
        await _handOver.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_running.Keys).WaitAsync(options.Value.ShutdownTimeout, _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public override void Dispose()
    {
        _queue.Dispose();
        _handOver.Dispose();
        base.Dispose();
    }

    protected override async ValueTask WaitAsync(CancellationToken stoppingToken)
    {
        if (_mayHaveMore && _running.Count < options.Value.MaxConcurrentTasks)
            return;

        var wait = options.Value.PollInterval;
        if (await runs.FindNextDueAsync(stoppingToken).ConfigureAwait(false) is { } due && due - _clock.GetUtcNow() < wait)
        {
            // What is due already waits for a slot, and the end of a run gives that hint: never look again at once.
            var untilDue = due - _clock.GetUtcNow();
            wait = untilDue > TimeSpan.Zero ? untilDue : TimeSpan.FromMilliseconds(Math.Min(200, wait.TotalMilliseconds));
        }

        await _queue.WaitAsync(wait, stoppingToken).ConfigureAwait(false);
    }
}
