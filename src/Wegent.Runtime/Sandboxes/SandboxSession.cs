using Microsoft.Extensions.Logging;
using Wegent.Sandboxes;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes;

/// <summary>The sandbox of one task during one claim: found or made when a member first needs it, and shared by all of them.</summary>
internal sealed class SandboxSession(AgentTask task, SandboxPlacement placement, SandboxOptions options, Func<CancellationToken, ValueTask<string>> storeId, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan DiffTimeout = TimeSpan.FromSeconds(10);
    private const int MaxDiff = 1024 * 1024;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private ISandbox? _sandbox;
    private SandboxPaths? _paths;

    /// <summary>The sandbox with its workspace prepared.</summary>
    /// <param name="mustExist">Whether a new one would be wrong: an agent was seen at work in the old one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SandboxException">It could not be started, or it is gone.</exception>
    public async Task<(ISandbox Sandbox, SandboxPaths Paths)> GetAsync(bool mustExist, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_sandbox is null)
            {
                var store = await storeId(cancellationToken).ConfigureAwait(false);
                var id = SandboxNaming.IdOf(store, task.Id);
                _sandbox = await placement.FindAsync(store, id, mustExist, cancellationToken).ConfigureAwait(false);
                if (_sandbox is null && mustExist)
                    throw new SandboxException(FailureReason.SandboxLost, "The sandbox was gone when the host looked for it again");

                _sandbox ??= await CreateAsync(store, id, cancellationToken).ConfigureAwait(false);
            }

            _paths ??= await _sandbox.PrepareWorkspaceAsync(WorkspaceOf(task), cancellationToken).ConfigureAwait(false);
            return (_sandbox, _paths);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>What stands in a task's working folder: an empty one when the task names nothing.</summary>
    public static WorkspaceSource WorkspaceOf(AgentTask task) => task.Plan.Workspace ?? new WorkspaceSource { Folder = "workspace" };

    /// <summary>The workspace's changes as a git diff; null when no sandbox was used or it holds no repository.</summary>
    /// <exception cref="SandboxException">The sandbox is lost.</exception>
    public async Task<string?> TakeDiffAsync(CancellationToken cancellationToken)
    {
        if (_sandbox is null || _paths is null)
            return null;

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(DiffTimeout);
        try
        {
            var diff = await WorkspaceDiff.TakeAsync(_sandbox, _paths, MaxDiff, patience.Token).ConfigureAwait(false);
            return diff;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            logger.DiffTimedOut(task.Id);
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_sandbox is not null)
            await _sandbox.DisposeAsync().ConfigureAwait(false);
        _gate.Dispose();
    }

    private async Task<ISandbox> CreateAsync(string store, string id, CancellationToken cancellationToken)
    {
        var image = task.Plan.Members.Select(member => member.Image).FirstOrDefault(image => image is not null);
        var place = await placement.ChooseAsync(image, cancellationToken).ConfigureAwait(false);
        return await place.CreateAsync(
            new SandboxSpec
            {
                Id = id,
                StoreId = store,
                TaskId = task.Id,
                Image = image,
                Limits = options.Limits,
                SourceFolder = task.Plan.Workspace?.SourceFolder,
            },
            cancellationToken).ConfigureAwait(false);
    }
}
