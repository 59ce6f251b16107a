using Wegent.Messaging;
using Wegent.Resources;
using Wegent.Storage;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>The public resources that every installation has. They are put into the store once, where an administrator may change them.</summary>
internal sealed class PublicResources(IResourceStore resources, IHintBus hints) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile bool _isDone;

    /// <summary>Adds those that are missing, at the first call; later ones cost nothing.</summary>
    public ValueTask EnsureAsync(CancellationToken cancellationToken) => _isDone ? default : AddAsync(cancellationToken);

    public void Dispose() => _gate.Dispose();

    private async ValueTask AddAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isDone)
                return;
            var there = await resources.FindAllAsync([.. BuiltInResources.ByKey.Keys], cancellationToken).ConfigureAwait(false);
            ResourceChange[] missing = [.. BuiltInResources.ByKey.Where(builtIn => !there.ContainsKey(builtIn.Key)).Select(static builtIn => new ResourceChange(builtIn.Key, ResourceViews.ToStored(builtIn.Value), ExpectedVersion: 0))];
            if (missing.Length > 0)
            {
                await resources.CommitAsync(missing, cancellationToken).ConfigureAwait(false);
                hints.Publish(HintTopics.Resources);
            }

            _isDone = true;
        }
        catch (ConflictException)
        {
            _isDone = true; // another host on the same store was faster
        }
        finally
        {
            _gate.Release();
        }
    }
}
