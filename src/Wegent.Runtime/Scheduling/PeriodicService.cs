using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Wegent.Runtime.Scheduling;

/// <summary>A loop in the background. One bad round ends neither the loop nor the host; tests call <see cref="RunOnceAsync"/>.</summary>
internal abstract class PeriodicService(ILogger logger, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>One round of work.</summary>
    public abstract ValueTask RunOnceAsync(CancellationToken stoppingToken);

    /// <summary>Waits until the next round is due: a tick, or a reason to look sooner.</summary>
    protected abstract ValueTask WaitAsync(CancellationToken stoppingToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(stoppingToken).ConfigureAwait(false);
                await WaitAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // whatever went wrong in this round, the next one may go well
            catch (Exception error)
#pragma warning restore CA1031
            {
                logger.RoundFailed(GetType().Name, error);
                await Task.Delay(PauseAfterFailure, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
