using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wegent.Storage;

namespace Wegent.Runtime.Scheduling;

/// <summary>Keeps the log of resources within its bounds. Hosts that share a store may all do so.</summary>
internal sealed class ResourceLogKeeper(IResourceStore resources, IOptions<ResourceOptions> options, TimeProvider clock, ILogger<ResourceLogKeeper> logger)
    : PeriodicService(logger, clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _clock = clock;

    public override async ValueTask RunOnceAsync(CancellationToken stoppingToken) =>
        await resources.TrimLogAsync(options.Value.WatchWindow, options.Value.Revisions, stoppingToken).ConfigureAwait(false);

    protected override ValueTask WaitAsync(CancellationToken stoppingToken) => new(Task.Delay(Interval, _clock, stoppingToken));
}
