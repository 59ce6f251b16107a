using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wegent.Sandboxes;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes.Docker;

/// <summary>The bridge network of the sandboxes: found, or created when missing.</summary>
internal sealed class DockerNetworks(DockerEngine engine, IOptions<DockerSandboxOptions> options, ILogger<DockerNetworks> logger) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>The network, which may have been removed since the last time.</summary>
    /// <exception cref="SandboxException">The engine does not answer, or refuses to create it.</exception>
    public async ValueTask<DockerNetwork> EnsureAsync(CancellationToken cancellationToken)
    {
        var name = options.Value.Network;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false); // an engine makes two of one name when it is asked twice
        try
        {
            var found = await engine.ListNetworksAsync(name, cancellationToken).ConfigureAwait(false);
            if (found.Count == 0)
            {
                if (await engine.CreateNetworkAsync(Parameters(name), cancellationToken).ConfigureAwait(false))
                    logger.NetworkCreated(name);
                found = await engine.ListNetworksAsync(name, cancellationToken).ConfigureAwait(false);
                foreach (var surplus in found.Skip(1)) // another host created it at the same time; everybody keeps the oldest
                    await engine.RemoveNetworkAsync(surplus.ID, cancellationToken).ConfigureAwait(false);
            }

            return found switch
            {
                [] => throw new SandboxException(FailureReason.SandboxStartFailed, $"The network {name} was removed as soon as it was created"),
                [{ Driver: not "bridge" } other, ..] => throw new SandboxException(FailureReason.Misconfigured, $"The network {name} is of the kind '{other.Driver}'; ports are published on bridge networks only: set NETWORK to another name"),
                [var network, ..] => new DockerNetwork(network.ID, network.IPAM?.Config?.FirstOrDefault()?.Gateway),
            };
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private static NetworksCreateParameters Parameters(string name) => new()
    {
        Name = name,
        Driver = "bridge",
        Labels = new Dictionary<string, string> { [DockerLabels.Network] = "sandboxes" },
        // Sandboxes do not see each other.
        Options = new Dictionary<string, string> { ["com.docker.network.bridge.enable_icc"] = "false" },
    };
}
