using System.Globalization;
using System.Runtime.CompilerServices;
using Wegent.Resources;
using Wegent.Storage;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>Tells one who watches what happens to resources: every change in order, none twice, none left out.</summary>
internal sealed class ResourceWatcher(IResourceStore resources, ResourceFeed feed, ResourceViews views, ResourceLister lister, TimeProvider clock)
{
    private const int PageLength = 500;
    private const int MaxRevisions = 100;

    /// <summary>Watches the resources of a user.</summary>
    /// <param name="owner">The user.</param>
    /// <param name="kind">The kind; null for all.</param>
    /// <param name="options">What to watch.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="WegentException"><c>resource.expired</c>, <c>list.bad_version</c> or <c>list.bad_selector</c>.</exception>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync(string owner, string? kind, WatchOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var scope = new Scope(options.Public ? ResourceKey.SystemOwner : owner, kind, options.Namespace, new ResourceFilter(options.LabelSelector, options.FieldSelector));
        using var seat = feed.Open();
        long position;
        if (options.ResourceVersion is { } seen)
        {
            position = long.TryParse(seen, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? version
                : throw new WegentException("list.bad_version", $"resourceVersion is '{seen}'; it is a number that a list or an event gave.");
        }
        else
        {
            var there = new List<ResourceView>();
            position = await ListAsync(owner, kind, options, there, cancellationToken).ConfigureAwait(false);
            foreach (var view in there)
                yield return new ResourceEvent(ResourceEventType.Added, view.Stored.Version, view);
        }

        long? quietSince = null; // nothing was told yet: the first time that there is nothing to tell, that is told
        while (true)
        {
            var changed = feed.Changed;
            var entries = feed.Read(position, PageLength) ?? await ReadStoreAsync(position, cancellationToken).ConfigureAwait(false);
            foreach (var entry in entries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                position = entry.Version;
                if (await EventOfAsync(entry, scope, cancellationToken).ConfigureAwait(false) is { } news)
                {
                    quietSince = quietSince is null ? null : clock.GetTimestamp();
                    yield return news;
                }
            }

            if (entries.Count > 0)
                continue;
            if (quietSince is not { } since || clock.GetElapsedTime(since) >= options.BookmarkInterval)
            {
                quietSince = clock.GetTimestamp();
                yield return new ResourceEvent(ResourceEventType.Bookmark, position, null);
                continue;
            }

            await WaitAsync(changed, options.BookmarkInterval - clock.GetElapsedTime(since), cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<long> ListAsync(string owner, string? kind, WatchOptions options, List<ResourceView> there, CancellationToken cancellationToken)
    {
        long? version = null;
        foreach (var one in kind is null ? ResourceKinds.All.Where(static kind => kind.Name != ResourceKinds.Task).Select(static kind => kind.Name) : [kind])
        {
            string? next = null;
            do
            {
                var page = await lister.ListAsync(owner, one, new ListOptions { Namespace = options.Namespace, Public = options.Public, LabelSelector = options.LabelSelector, FieldSelector = options.FieldSelector, Continue = next }, cancellationToken).ConfigureAwait(false);
                version ??= page.Version;
                there.AddRange(page.Items);
                next = page.Continue;
            }
            while (next is not null);
        }

        return version ?? 0;
    }

    private async ValueTask<IReadOnlyList<FeedEntry>> ReadStoreAsync(long position, CancellationToken cancellationToken)
    {
        var page = await resources.ReadLogAsync(position, PageLength, cancellationToken).ConfigureAwait(false);
        if (position < page.Oldest)
            throw new WegentException("resource.expired", $"The changes after version {position} are not kept any more; those after {page.Oldest} are. List again, and watch from the list's resourceVersion.");
        if (position > page.Version)
            throw new WegentException("resource.expired", $"Version {position} is later than the newest one, {page.Version}: it is from another store, or from a time before a backup was restored. List again, and watch from the list's resourceVersion.");
        return [.. page.Entries.Select(entry => new FeedEntry(entry, views))];
    }

    private async ValueTask<ResourceEvent?> EventOfAsync(FeedEntry entry, Scope scope, CancellationToken cancellationToken)
    {
        if (!scope.Holds(entry.Log.Resource.Key))
            return null;
        var view = await entry.GetViewAsync().ConfigureAwait(false);
        var type = entry.Log.Operation switch
        {
            ResourceOperation.Added => ResourceEventType.Added,
            ResourceOperation.Modified => ResourceEventType.Modified,
            _ => ResourceEventType.Deleted,
        };
        if (scope.Filter.IsEverything)
            return new ResourceEvent(type, entry.Version, view);

        // For one who selects, a resource that comes to fit is new, and one that fits no more is gone.
        var fits = scope.Filter.Fits(view);
        if (type == ResourceEventType.Modified && await FitBeforeAsync(entry.Log.Resource, scope, cancellationToken).ConfigureAwait(false) != fits)
            return new ResourceEvent(fits ? ResourceEventType.Added : ResourceEventType.Deleted, entry.Version, view);
        return fits ? new ResourceEvent(type, entry.Version, view) : null;
    }

    // Where the revision before is not kept any more, it is taken to have fit: to be told twice that something is gone harms nobody.
    private async ValueTask<bool> FitBeforeAsync(StoredResource resource, Scope scope, CancellationToken cancellationToken)
    {
        var revisions = await resources.ListRevisionsAsync(resource.Key, MaxRevisions, cancellationToken).ConfigureAwait(false);
        return revisions.FirstOrDefault(revision => revision.Resource.Uid == resource.Uid && revision.Version < resource.Version) is not { } before
            || scope.Filter.Fits(views.OfChecked(before.Resource));
    }

    private async ValueTask WaitAsync(Task changed, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(changed, Task.Delay(atMost, clock, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private sealed record Scope(string Owner, string? Kind, string? Namespace, ResourceFilter Filter)
    {
        public bool Holds(ResourceKey key) =>
            key.Owner == Owner && (Kind is null || key.Kind == Kind) && (Namespace is null || key.Namespace == Namespace);
    }
}
