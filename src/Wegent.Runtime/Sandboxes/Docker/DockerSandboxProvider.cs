using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wegent.Runtime.Sandboxes.Executor;
using Wegent.Sandboxes;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes.Docker;

/// <summary>Sandboxes in containers of a Docker engine on this machine: a bridge network, the executor's port published on loopback only.</summary>
/// <remarks>
/// The engine holds the truth. A sandbox is whatever container bears its labels, so a restarted host, or another one on the same
/// engine, finds, adopts and removes what the first one made.
/// </remarks>
internal sealed class DockerSandboxProvider(
    DockerEngine engine,
    DockerNetworks networks,
    DockerPorts ports,
    DockerContainerWatch watch,
    ISandboxSecrets secrets,
    IOptions<DockerSandboxOptions> options,
    TimeProvider clock,
    ILogger<DockerSandboxProvider> logger) : ISandboxProvider
{
    /// <summary>For what must happen although the caller has given up.</summary>
    private static readonly TimeSpan CleanupTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    private static readonly ExecutorSandboxSettings ExecutorSettings = new() { SourceInside = DockerContainers.SourceFolder };

    private readonly KeyedGate _gates = new();

    /// <inheritdoc/>
    public string Name => DockerPorts.Engine;

    /// <inheritdoc/>
    public async ValueTask<SandboxException?> ProbeAsync(string? image, CancellationToken cancellationToken)
    {
        try
        {
            var name = image ?? options.Value.ExecutorImage;
            return await engine.HasImageAsync(name, cancellationToken).ConfigureAwait(false) ? null : engine.ImageMissing(name);
        }
        catch (SandboxException problem)
        {
            return problem;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        using var entered = await _gates.EnterAsync(spec.Id, cancellationToken).ConfigureAwait(false);
        if (await FindContainerAsync(spec.StoreId, spec.Id, cancellationToken).ConfigureAwait(false) is { State: "running" } living)
            return await ConnectAsync(spec.Id, living.ID, Port(living), cancellationToken).ConfigureAwait(false);

        var started = clock.GetTimestamp();
        try
        {
            await RemoveContainersAsync(spec.StoreId, spec.Id, cancellationToken).ConfigureAwait(false); // what died, or was never started
            var (containerId, port) = await StartAsync(spec, cancellationToken).ConfigureAwait(false);
            await WaitUntilReadyAsync(containerId, port, cancellationToken).ConfigureAwait(false);
            var sandbox = await ConnectAsync(spec.Id, containerId, port, cancellationToken).ConfigureAwait(false);
            logger.SandboxReady(spec.Id, spec.TaskId, port, clock.GetElapsedTime(started).TotalMilliseconds, containerId);
            return sandbox;
        }
        catch
        {
            await CleanUpAsync(spec).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ISandbox?> FindAsync(string storeId, string sandboxId, CancellationToken cancellationToken)
    {
        using var entered = await _gates.EnterAsync(sandboxId, cancellationToken).ConfigureAwait(false);
        if (await FindContainerAsync(storeId, sandboxId, cancellationToken).ConfigureAwait(false) is not { State: "running" } living)
            return null;
        var sandbox = await ConnectAsync(sandboxId, living.ID, Port(living), cancellationToken).ConfigureAwait(false);
        logger.SandboxFound(sandboxId, Port(living), living.ID);
        return sandbox;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SandboxInfo> ListAsync(string storeId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var container in await engine.ListContainersAsync([$"{DockerLabels.Store}={storeId}"], cancellationToken).ConfigureAwait(false))
        {
            var taskId = long.Parse(container.Labels[DockerLabels.Task], CultureInfo.InvariantCulture);
            yield return new SandboxInfo(container.Labels[DockerLabels.Sandbox], taskId, container.State == "running", new DateTimeOffset(container.Created.ToUniversalTime()));
        }
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(string storeId, string sandboxId, CancellationToken cancellationToken)
    {
        using var entered = await _gates.EnterAsync(sandboxId, cancellationToken).ConfigureAwait(false);
        await RemoveEverythingAsync(storeId, sandboxId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Creates and starts the container on a port where nobody listens.</summary>
    private async Task<(string ContainerId, int Port)> StartAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        var source = spec.SourceFolder is { } folder ? DockerSource.Check(folder) : null;
        var network = await networks.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var secretHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secrets.For(spec.Id))));
        var taken = new HashSet<int>();
        while (true)
        {
            var port = await ports.LeaseAsync(spec, taken, cancellationToken).ConfigureAwait(false);
            var parameters = DockerContainers.Parameters(spec, options.Value, port, secretHash, network);
            var containerId = await engine.CreateContainerAsync(parameters, cancellationToken).ConfigureAwait(false)
                ?? throw new SandboxException(FailureReason.SandboxStartFailed, $"The container name {parameters.Name} is taken by a container that is not this sandbox's; remove it with: docker rm -f {parameters.Name}");
            if (source is not null)
                await CopyAsync(source, containerId, cancellationToken).ConfigureAwait(false);
            if (await engine.StartContainerAsync(containerId, cancellationToken).ConfigureAwait(false))
                return (containerId, port);

            logger.PortTaken(port, spec.Id);
            taken.Add(port);
            await engine.RemoveContainerAsync(containerId, cancellationToken).ConfigureAwait(false);
            await ports.ReleaseAsync(spec.Id, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Copies a folder of the host into a container that is not started yet.</summary>
    private async Task CopyAsync(string source, string containerId, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), $"wegent-{Path.GetRandomFileName()}");
        var settings = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose };
        if (!OperatingSystem.IsWindows())
            settings.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var archive = new FileStream(path, settings);
        await using (archive.ConfigureAwait(false))
        {
            if (!OperatingSystem.IsWindows())
                File.Delete(path); // it has no name any more, so nothing is left of it even if this process is killed
            await DockerSource.WriteAsync(source, archive, ExecutorSettings.MaxWorkspaceBytes, cancellationToken).ConfigureAwait(false);
            archive.Position = 0;
            await engine.UnpackAsync(containerId, DockerContainers.SourceFolder, archive, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RemoveEverythingAsync(string storeId, string sandboxId, CancellationToken cancellationToken)
    {
        await RemoveContainersAsync(storeId, sandboxId, cancellationToken).ConfigureAwait(false);
        await ports.ReleaseAsync(sandboxId, cancellationToken).ConfigureAwait(false); // last: its port is free only now
    }

    private async Task RemoveContainersAsync(string storeId, string sandboxId, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var containers = await engine.ListContainersAsync(Labels(storeId, sandboxId), cancellationToken).ConfigureAwait(false);
            if (containers.Count == 0)
                return;
            if (attempt == 100)
                throw new SandboxException(FailureReason.EngineUnavailable, $"The engine does not get done with removing the container of sandbox {sandboxId} ({containers[0].Status})");
            foreach (var container in containers)
            {
                if (await engine.RemoveContainerAsync(container.ID, cancellationToken).ConfigureAwait(false))
                    logger.SandboxRemoved(sandboxId, container.ID);
            }

            // Somebody else may be removing it, too: what counts is that it is gone.
            if (attempt > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Removes what a failed start left, also when the caller no longer waits.</summary>
    private async Task CleanUpAsync(SandboxSpec spec)
    {
        using var timeout = new CancellationTokenSource(CleanupTimeout, clock);
        try
        {
            await RemoveEverythingAsync(spec.StoreId, spec.Id, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is WegentException or OperationCanceledException)
        {
            logger.CleanupFailed(spec.Id, error.Message); // its labels and its lease remain for the reaper
        }
    }

    /// <summary>
    /// Waits for the executor's first answer, as long as its container lives: HTTP 200, never a mere connection, which the engine's
    /// proxy accepts before anybody listens inside.
    /// </summary>
    private async Task WaitUntilReadyAsync(string containerId, int port, CancellationToken cancellationToken)
    {
        using var life = await watch.WatchAsync(containerId, cancellationToken).ConfigureAwait(false);
        using var endpoint = Endpoint(port);
        using var timeout = new CancellationTokenSource(options.Value.ReadyTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var pause = FirstPause;
        try
        {
            while (!life.Ended.IsCompleted && !await endpoint.IsReadyAsync(either.Token).ConfigureAwait(false))
            {
                await Task.Delay(pause, clock, either.Token).ConfigureAwait(false);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw await StartFailureAsync(containerId, $"The executor did not answer within {options.Value.ReadyTimeout.TotalSeconds:0} s").ConfigureAwait(false);
        }

        if (life.Ended.IsCompleted)
            throw await StartFailureAsync(containerId, (await life.Ended.ConfigureAwait(false)).Message).ConfigureAwait(false);
    }

    private async Task<SandboxException> StartFailureAsync(string containerId, string what)
    {
        using var timeout = new CancellationTokenSource(CleanupTimeout, clock);
        var log = await engine.ReadLogTailAsync(containerId, timeout.Token).ConfigureAwait(false);
        return new SandboxException(FailureReason.SandboxStartFailed, log.Length == 0 ? $"{what}, and wrote nothing" : $"{what}; its last words: {log}");
    }

    /// <summary>Opens the link to the executor in a running container.</summary>
    private async ValueTask<ISandbox> ConnectAsync(string sandboxId, string containerId, int port, CancellationToken cancellationToken)
    {
        var life = await watch.WatchAsync(containerId, cancellationToken).ConfigureAwait(false);
        var connection = await ExecutorConnection.OpenAsync(
            Endpoint(port), secrets.For(sandboxId), life, ExecutorSandboxSettings.UnreachableTimeout, clock, logger, cancellationToken).ConfigureAwait(false);
        return new ExecutorSandbox(sandboxId, connection, ExecutorSettings);
    }

    private static ExecutorEndpoint Endpoint(int port) =>
        ExecutorEndpoint.Tcp(new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}"));

    private async ValueTask<ContainerListResponse?> FindContainerAsync(string storeId, string sandboxId, CancellationToken cancellationToken) =>
        (await engine.ListContainersAsync(Labels(storeId, sandboxId), cancellationToken).ConfigureAwait(false)).FirstOrDefault();

    private static string[] Labels(string storeId, string sandboxId) =>
        [$"{DockerLabels.Store}={storeId}", $"{DockerLabels.Sandbox}={sandboxId}"];

    private static int Port(ContainerListResponse container) =>
        int.Parse(container.Labels[DockerLabels.Port], CultureInfo.InvariantCulture);
}
