using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wegent.Runtime.Sandboxes;
using Wegent.Runtime.Workspaces;
using Wegent.Sandboxes;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Runtime.Scheduling;

/// <summary>
/// Removes what no task wants any more: compares what the places have with what the store says, whatever led there. So a crash at
/// any point leaves nothing behind for long.
/// </summary>
internal sealed class SandboxReaper(
    SandboxPlacement placement,
    LocalWorkspaces workspaces,
    IPortLeaseStore ports,
    ITaskStore tasks,
    IRunStore runs,
    IOptions<SandboxOptions> options,
    TimeProvider clock,
    ILogger<SandboxReaper> logger) : PeriodicService(logger, clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _clock = clock;
    private readonly SemaphoreSlim _nudged = new(0, 1);
    private TimeSpan _untilNextDue = Interval;

    /// <summary>Asks for a round soon: a task has ended.</summary>
    public void Nudge()
    {
        try
        {
            _nudged.Release();
        }
        catch (SemaphoreFullException)
        {
            // A round is due already.
        }
    }

    public override async ValueTask RunOnceAsync(CancellationToken stoppingToken)
    {
        _untilNextDue = Interval;
        var storeId = await runs.GetStoreIdAsync(stoppingToken).ConfigureAwait(false);
        foreach (var place in placement.Providers)
        {
            try
            {
                await ReapAsync(place, storeId, stoppingToken).ConfigureAwait(false);
            }
            catch (SandboxException error)
            {
                if (error.Reason != FailureReason.EngineUnavailable || options.Value.Runtime == SandboxRuntime.Docker)
                    logger.PlaceUnavailable(place.Name, error);
            }
        }

        foreach (var taskId in workspaces.List())
        {
            if (!await IsWantedAsync(taskId, stoppingToken).ConfigureAwait(false))
                workspaces.Remove(taskId);
        }
    }

    /// <summary>Ends with one more look: what is due now should not wait for the next start of a host.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await RunOnceAsync(cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // the next host takes it up, or the sandboxes end themselves
        catch (Exception error)
#pragma warning restore CA1031
        {
            logger.RoundFailed(nameof(SandboxReaper), error);
        }
    }

    protected override async ValueTask WaitAsync(CancellationToken stoppingToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAny(_nudged.WaitAsync(timer.Token), Task.Delay(_untilNextDue, _clock, timer.Token)).ConfigureAwait(false);
        await timer.CancelAsync().ConfigureAwait(false);
        stoppingToken.ThrowIfCancellationRequested();
    }

    public override void Dispose()
    {
        _nudged.Dispose();
        base.Dispose();
    }

    private async Task ReapAsync(ISandboxProvider place, string storeId, CancellationToken stoppingToken)
    {
        var present = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var sandbox in place.ListAsync(storeId, stoppingToken).ConfigureAwait(false))
        {
            if (await IsWantedAsync(sandbox.TaskId, stoppingToken).ConfigureAwait(false))
            {
                present.Add(sandbox.Id);
                continue;
            }

            await place.RemoveAsync(storeId, sandbox.Id, stoppingToken).ConfigureAwait(false);
            await ports.ReleaseAsync(place.Name, sandbox.Id, stoppingToken).ConfigureAwait(false);
            logger.SandboxRemoved(sandbox.Id);
        }

        // Leases of sandboxes that died before they were made, or were removed by a host that died before it gave the port back.
        foreach (var lease in await ports.ListAsync(place.Name, stoppingToken).ConfigureAwait(false))
        {
            if (!present.Contains(lease.Holder)
                && SandboxNaming.TaskOf(storeId, lease.Holder) is { } taskId
                && !await IsWantedAsync(taskId, stoppingToken).ConfigureAwait(false))
                await ports.ReleaseAsync(place.Name, lease.Holder, stoppingToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a task may still need its sandbox: it is not final, or its deletion delay has not passed.</summary>
    private async Task<bool> IsWantedAsync(long taskId, CancellationToken stoppingToken)
    {
        if (await tasks.FindAsync(taskId, stoppingToken).ConfigureAwait(false) is not { } task)
            return false;
        if (!task.Status.IsFinal() || task.PreserveExecutor)
            return true;

        var left = (task.CompletedAt ?? task.UpdatedAt) + options.Value.DeletionDelay - _clock.GetUtcNow();
        if (left <= TimeSpan.Zero)
            return false;
        _untilNextDue = left < _untilNextDue ? left : _untilNextDue;
        return true;
    }
}
