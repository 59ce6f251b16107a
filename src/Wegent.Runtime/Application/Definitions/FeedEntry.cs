using Wegent.Storage;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>An entry of the log for all who watch: its view is made once, when the first of them wants it.</summary>
internal sealed class FeedEntry(ResourceLogEntry entry, ResourceViews views)
{
    private Task<ResourceView>? _view;

    public ResourceLogEntry Log => entry;

    public long Version => entry.Version;

    /// <summary>The resource as users see it.</summary>
    public async ValueTask<ResourceView> GetViewAsync()
    {
        // Two at once make it twice, which harms nobody; a failed one is made anew.
        if (_view is not { IsFaulted: false } view)
        {
            _view = view = entry.Operation == ResourceOperation.Deleted
                ? Task.FromResult(views.OfChecked(entry.Resource))
                : views.OfAsync(entry.Resource, CancellationToken.None).AsTask();
        }

        return await view.ConfigureAwait(false);
    }
}
