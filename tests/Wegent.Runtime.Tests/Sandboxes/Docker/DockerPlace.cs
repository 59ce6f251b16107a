using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Wegent.Runtime.Sandboxes.Docker;
using Wegent.Runtime.Storage.InMemory;
using Wegent.Sandboxes;
using Wegent.Storage;
using Wegent.TestKit;

namespace Wegent.Runtime.Tests.Sandboxes.Docker;

/// <summary>The parts of the Docker place, wired up as a host does it, on the engine of the tests; removes its containers at the end.</summary>
internal sealed class DockerPlace : IAsyncDisposable
{
    /// <param name="configure">Changes settings.</param>
    /// <param name="sameStoreAs">A place whose store this one uses too, as another host, or the same host after a restart, would.</param>
    /// <param name="isInUse">Tells whether a program listens on a port; null asks the kernel.</param>
    /// <param name="clock">By which leases age; null is the system's.</param>
    /// <param name="secret">The secret of its sandboxes; null is the right one.</param>
    public DockerPlace(Action<DockerSandboxOptions>? configure = null, DockerPlace? sameStoreAs = null, Func<int, bool>? isInUse = null, TimeProvider? clock = null, string? secret = null)
    {
        var settings = new DockerSandboxOptions { EngineTimeout = TimeSpan.FromSeconds(30) };
        configure?.Invoke(settings);
        settings.Endpoint ??= TestServices.Docker;
        Options = new OptionsWrapper<DockerSandboxOptions>(settings);
        StoreId = sameStoreAs?.StoreId ?? $"test-{Guid.NewGuid():N}";
        Leases = sameStoreAs?.Leases ?? new InMemoryPortLeaseStore(new InMemoryDatabase(clock ?? TimeProvider.System));
        Engine = new DockerEngine(Options, TimeProvider.System, NullLogger<DockerEngine>.Instance);
        Networks = new DockerNetworks(Engine, Options, NullLogger<DockerNetworks>.Instance);
        Ports = new DockerPorts(Leases, Engine, Options, clock ?? TimeProvider.System, NullLogger<DockerPorts>.Instance, isInUse);
        Watch = new DockerContainerWatch(Engine, TimeProvider.System, NullLogger<DockerContainerWatch>.Instance);
        Provider = new DockerSandboxProvider(
            Engine, Networks, Ports, Watch, new Secrets(secret), Options, TimeProvider.System, NullLogger<DockerSandboxProvider>.Instance);
    }

    public string StoreId { get; }

    public IOptions<DockerSandboxOptions> Options { get; }

    public IPortLeaseStore Leases { get; }

    public DockerEngine Engine { get; }

    public DockerNetworks Networks { get; }

    public DockerPorts Ports { get; }

    public DockerContainerWatch Watch { get; }

    public DockerSandboxProvider Provider { get; }

    /// <summary>A sandbox of this place's store, small.</summary>
    public SandboxSpec Spec(string id = "task-1") => new()
    {
        Id = id,
        StoreId = StoreId,
        TaskId = 1,
        Image = TestServices.ExecutorImage,
        Limits = new SandboxLimits(256, 1, 128, TimeSpan.FromMinutes(2)),
    };

    /// <summary>All ports that are leased in this place's store.</summary>
    public ValueTask<IReadOnlyList<PortLease>> LeasesAsync(CancellationToken cancellationToken) => Leases.ListAsync(DockerPorts.Engine, cancellationToken);

    /// <summary>All containers of this place's store.</summary>
    public async Task<IList<global::Docker.DotNet.Models.ContainerListResponse>> ContainersAsync(CancellationToken cancellationToken) =>
        await Engine.ListContainersAsync([$"{DockerLabels.Store}={StoreId}"], cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Options.Value.Endpoint == TestServices.Docker)
        {
            foreach (var container in await ContainersAsync(CancellationToken.None))
                await Engine.RemoveContainerAsync(container.ID, CancellationToken.None);
        }

        await Watch.DisposeAsync();
        Networks.Dispose();
        Engine.Dispose();
    }

    private sealed class Secrets(string? secret) : ISandboxSecrets
    {
        public string For(string sandboxId) => secret ?? $"secret of {sandboxId}";
    }
}
