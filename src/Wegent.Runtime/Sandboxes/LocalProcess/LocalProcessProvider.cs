using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wegent.Runtime.Sandboxes.Executor;
using Wegent.Sandboxes;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes.LocalProcess;

/// <summary>
/// Agents as processes of this machine: the same executor and the same link as in a container, and no sandbox around them. For
/// development.
/// </summary>
/// <remarks>
/// Each has a folder below the data directory. The executor outlives a host that is killed and is found again by its record there;
/// it ends itself when no host comes back in time.
/// </remarks>
internal sealed class LocalProcessProvider(
    IOptions<LocalProcessOptions> options,
    IOptions<WegentOptions> wegent,
    ISandboxSecrets secrets,
    TimeProvider clock,
    ILogger<LocalProcessProvider> logger) : ISandboxProvider
{
    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(5);

    private readonly KeyedGate gate = new();
    private readonly LocalExecutor executor = new(clock);
    private int warned;

    /// <inheritdoc/>
    public string Name => "process";

    private string Root => Path.Combine(Path.GetFullPath(wegent.Value.DataDirectory), "sandboxes");

    /// <inheritdoc/>
    public ValueTask<SandboxException?> ProbeAsync(string? image, CancellationToken cancellationToken) =>
        new(LocalExecutorProgram.Find(options.Value.ExecutorPath) is { Problem: { } problem }
            ? new SandboxException(FailureReason.SandboxStartFailed, problem)
            : null);

    /// <inheritdoc/>
    public async ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var folder = new LocalSandboxFolder(Root, spec.Id);
        using var pass = await gate.EnterAsync(spec.Id, cancellationToken).ConfigureAwait(false);
        if (await TryConnectAsync(spec.StoreId, folder, cancellationToken).ConfigureAwait(false) is { } living)
            return living;

        if (Interlocked.Exchange(ref warned, 1) == 0)
            logger.NoSandbox();
        await ClearAsync(spec.Id, folder, cancellationToken).ConfigureAwait(false);
        try
        {
            return await StartAsync(spec, folder, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await ClearAsync(spec.Id, folder, CancellationToken.None).ConfigureAwait(false);
            if (error is IOException or UnauthorizedAccessException)
                throw new SandboxException(FailureReason.SandboxStartFailed, $"the folder of the sandbox cannot be made: {error.Message}", error);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ISandbox?> FindAsync(string storeId, string sandboxId, CancellationToken cancellationToken) =>
        await TryConnectAsync(storeId, new LocalSandboxFolder(Root, sandboxId), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SandboxInfo> ListAsync(string storeId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        if (!Directory.Exists(Root))
            yield break;
        foreach (var path in Directory.EnumerateDirectories(Root))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (LocalSandboxRecord.Read(Path.Combine(path, "sandbox.json")) is { } record && record.StoreId == storeId)
                yield return new SandboxInfo(record.Id, record.TaskId, record.Executor is { IsAlive: true }, record.CreatedAt);
        }
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(string storeId, string sandboxId, CancellationToken cancellationToken)
    {
        var folder = new LocalSandboxFolder(Root, sandboxId);
        using var pass = await gate.EnterAsync(sandboxId, cancellationToken).ConfigureAwait(false);
        if (LocalSandboxRecord.Read(folder.Record) is not { } record || record.StoreId != storeId)
            return;
        try
        {
            await ClearAsync(sandboxId, folder, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SandboxException(FailureReason.Internal, $"the folder {folder.Root} cannot be deleted: {error.Message}", error);
        }
    }

    private async Task<ISandbox> StartAsync(SandboxSpec spec, LocalSandboxFolder folder, CancellationToken cancellationToken)
    {
        var (program, problem) = LocalExecutorProgram.Find(options.Value.ExecutorPath);
        if (program is null)
            throw new SandboxException(FailureReason.SandboxStartFailed, problem!); // one of both is set
        folder.Create();
        var record = new LocalSandboxRecord
        {
            Id = spec.Id,
            StoreId = spec.StoreId,
            TaskId = spec.TaskId,
            CreatedAt = clock.GetUtcNow(),
            Socket = folder.Socket,
        };
        record.Write(folder.Record); // before the process: what a crash leaves behind is then found, and removed
        var process = await executor.StartAsync(program, folder, spec.Limits, secrets.For(spec.Id), options.Value.ReadyTimeout, cancellationToken).ConfigureAwait(false);
        (record with { Executor = process }).Write(folder.Record);
        logger.Started(spec.Id, process.Pid, folder.Root);
        return await ConnectAsync(spec.Id, folder, process, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ISandbox?> TryConnectAsync(string storeId, LocalSandboxFolder folder, CancellationToken cancellationToken)
    {
        if (LocalSandboxRecord.Read(folder.Record) is not { Executor: { IsAlive: true } process } record || record.StoreId != storeId)
            return null;
        try
        {
            return await ConnectAsync(record.Id, folder, process, cancellationToken).ConfigureAwait(false);
        }
        catch (SandboxException) when (!process.IsAlive)
        {
            return null; // it ended in between
        }
    }

    private async Task<ExecutorSandbox> ConnectAsync(string id, LocalSandboxFolder folder, LocalProcessIdentity process, CancellationToken cancellationToken)
    {
        var connection = await ExecutorConnection.OpenAsync(
            ExecutorEndpoint.Unix(folder.Socket),
            secrets.For(id),
            new LocalProcessLife(process, folder.Log),
            ExecutorSandboxSettings.UnreachableTimeout,
            clock,
            logger,
            cancellationToken).ConfigureAwait(false);
        return new ExecutorSandbox(id, connection, new ExecutorSandboxSettings());
    }

    /// <summary>Ends whatever runs and deletes the folder.</summary>
    private async Task ClearAsync(string id, LocalSandboxFolder folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder.Root))
            return;
        if (LocalSandboxRecord.Read(folder.Record)?.Executor is { IsAlive: true } process)
            await EndAsync(id, folder, process, cancellationToken).ConfigureAwait(false);

        // The executor itself is one of them when it was started and not written down.
        var killed = await LocalProcesses.KillWithHomeAsync(folder.Home, clock, cancellationToken).ConfigureAwait(false);
        folder.Delete();
        logger.Removed(id, killed);
    }

    private async Task EndAsync(string id, LocalSandboxFolder folder, LocalProcessIdentity process, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(ShutdownTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var sandbox = await ConnectAsync(id, folder, process, either.Token).ConfigureAwait(false);
            await using var closing = sandbox.ConfigureAwait(false);
            await sandbox.ShutDownAsync(either.Token).ConfigureAwait(false);
            while (process.IsAlive)
                await Task.Delay(TimeSpan.FromMilliseconds(2), clock, either.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SandboxException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            if (process.IsAlive)
                logger.KillsExecutor(id, error.Message);
            process.Kill();
        }
    }
}
