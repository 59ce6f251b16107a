using Microsoft.Extensions.Logging;
using Wegent.Messaging;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Runtime.Scheduling;

/// <summary>Keeps a claim alive while its run goes on, and learns what is asked of it: a cancel, or that it is in other hands.</summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private readonly IRunStore _runs;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _duration;
    private readonly ILogger _logger;
    private readonly IHintSubscription _hints;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _cancelRequested = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Task _loop;

    public LeaseKeeper(RunLease lease, bool cancelRequested, IRunStore runs, IHintBus hints, TimeProvider clock, TimeSpan duration, ILogger logger)
    {
        Lease = lease;
        _runs = runs;
        _clock = clock;
        _duration = duration;
        _logger = logger;
        if (cancelRequested)
            _cancelRequested.Cancel();
        _hints = hints.Subscribe(HintTopics.Control(lease.TaskId));
        _loop = Task.Run(KeepAsync);
    }

    /// <summary>The claim.</summary>
    public RunLease Lease { get; }

    /// <summary>Fires when someone asked the task to stop.</summary>
    public CancellationToken CancelRequested => _cancelRequested.Token;

    /// <summary>Fires when the claim no longer counts.</summary>
    public CancellationToken Lost => _lost.Token;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _hints.Dispose();
        _stop.Dispose();
        _cancelRequested.Dispose();
        _lost.Dispose();
    }

    private async Task KeepAsync()
    {
        var stopping = _stop.Token;
        var until = Lease.Until;
        try
        {
            while (true)
            {
                await _hints.WaitAsync(_duration / 3, stopping).ConfigureAwait(false);
                try
                {
                    var next = _clock.GetUtcNow() + _duration;
                    var task = await _runs.RenewAsync(Lease, next, stopping).ConfigureAwait(false);
                    until = next;
                    if (task.Status == TaskState.Cancelling)
                        await _cancelRequested.CancelAsync().ConfigureAwait(false);
                }
                catch (LeaseLostException)
                {
                    await _lost.CancelAsync().ConfigureAwait(false);
                    return;
                }
                catch (WegentException error) when (_clock.GetUtcNow() < until)
                {
                    // The store is away; agents go on while the lease holds, and nobody else can take it before.
                    _logger.RenewalFailed(Lease.TaskId, error);
                }
                catch (WegentException)
                {
                    await _lost.CancelAsync().ConfigureAwait(false);
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Disposed: the run has ended.
        }
    }
}
