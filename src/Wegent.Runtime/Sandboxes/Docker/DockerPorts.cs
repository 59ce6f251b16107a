using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wegent.Sandboxes;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes.Docker;

/// <summary>Host ports of sandboxes on one engine: rows in the store, so that two hosts never take the same.</summary>
internal sealed class DockerPorts(
    IPortLeaseStore leases,
    DockerEngine engine,
    IOptions<DockerSandboxOptions> options,
    TimeProvider clock,
    ILogger<DockerPorts> logger,
    Func<int, bool>? isInUse = null) // tells whether a program listens on a port of this machine; null asks the kernel
{
    /// <summary>The name under which the leases stand.</summary>
    public const string Engine = "docker";

    /// <summary>A lease without a container is a start under way, or what a crash left; a start takes no longer than this.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(15);

    /// <summary>Leases a port on which nobody listens now.</summary>
    /// <param name="spec">The sandbox that gets it.</param>
    /// <param name="taken">Ports on which the engine found somebody; ports that this call finds in use are added.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SandboxException">All ports of the range are leased or in use.</exception>
    public async ValueTask<int> LeaseAsync(SandboxSpec spec, HashSet<int> taken, CancellationToken cancellationToken)
    {
        var (min, max) = (options.Value.PortRangeMin, options.Value.PortRangeMax);
        var swept = false;
        while (true)
        {
            var port = await leases.LeaseAsync(Engine, spec.Id, min, max, taken, cancellationToken).ConfigureAwait(false);
            if (port is { } leased && !(isInUse ?? IsInUse)(leased))
                return leased;

            if (port is { } occupied)
            {
                logger.PortTaken(occupied, spec.Id);
                taken.Add(occupied);
                await leases.ReleaseAsync(Engine, spec.Id, cancellationToken).ConfigureAwait(false);
            }
            else if (swept || await ReleaseStraysAsync(spec.StoreId, cancellationToken).ConfigureAwait(false) == 0)
            {
                throw new SandboxException(FailureReason.PortsExhausted, $"All ports from {min} to {max} are leased or in use by other programs");
            }
            else
            {
                swept = true;
            }
        }
    }

    /// <summary>Gives the port of a sandbox back.</summary>
    public ValueTask ReleaseAsync(string sandboxId, CancellationToken cancellationToken) => leases.ReleaseAsync(Engine, sandboxId, cancellationToken);

    private async ValueTask<int> ReleaseStraysAsync(string storeId, CancellationToken cancellationToken)
    {
        var containers = await engine.ListContainersAsync([$"{DockerLabels.Store}={storeId}"], cancellationToken).ConfigureAwait(false);
        var holders = containers.Select(container => container.Labels[DockerLabels.Sandbox]).ToHashSet(StringComparer.Ordinal);
        var released = 0;
        foreach (var lease in await leases.ListAsync(Engine, cancellationToken).ConfigureAwait(false))
        {
            if (holders.Contains(lease.Holder) || clock.GetUtcNow() - lease.LeasedAt < LongestStart)
                continue;
            await leases.ReleaseAsync(Engine, lease.Holder, cancellationToken).ConfigureAwait(false);
            logger.StrayLeaseReleased(lease.Holder, lease.LeasedAt);
            released++;
        }

        return released;
    }

    /// <summary>Whether a program listens there. Asking the kernel costs nothing; the engine would take a third of a second to find out.</summary>
    private static bool IsInUse(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
