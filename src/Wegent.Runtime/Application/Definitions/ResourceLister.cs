using Wegent.Resources;
using Wegent.Storage;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>Reads pages of resources. A page begins after the last resource of the page before: what exists all the while is listed once.</summary>
internal sealed class ResourceLister(IResourceStore resources, ResourceViews views)
{
    /// <summary>How many resources a page with selectors looks at before it gives out what it found.</summary>
    private const int MaxScanned = 10_000;
    private const int ScanLength = 500;

    /// <summary>Reads a page.</summary>
    /// <exception cref="WegentException"><c>list.bad_selector</c> or <c>list.bad_continue</c>.</exception>
    public async ValueTask<ResourceViewPage> ListAsync(string owner, string kind, ListOptions options, CancellationToken cancellationToken)
    {
        var filter = new ResourceFilter(options.LabelSelector, options.FieldSelector);
        var whose = options.Public ? ResourceKey.SystemOwner : owner;
        var start = ContinueToken.Read(options.Continue, whose, kind);
        var query = new ResourceQuery { Kind = kind, Owner = whose, Namespace = options.Namespace, Limit = options.Limit, After = start?.Last };
        if (filter.IsEverything)
        {
            var page = await resources.ListAsync(query, cancellationToken).ConfigureAwait(false);
            return PageOf(await views.OfAsync(page.Items, cancellationToken).ConfigureAwait(false), start?.Version ?? page.Version, page.HasMore ? page.Items[^1].Key : null);
        }

        var found = new List<ResourceView>();
        var version = start?.Version;
        for (var scanned = 0; ; scanned += ScanLength)
        {
            var page = await resources.ListAsync(query with { Limit = ScanLength }, cancellationToken).ConfigureAwait(false);
            version ??= page.Version;
            foreach (var view in await views.OfAsync(page.Items, cancellationToken).ConfigureAwait(false))
            {
                if (!filter.Fits(view))
                    continue;
                if (found.Count == options.Limit)
                    return PageOf(found, version.Value, found[^1].Key);
                found.Add(view);
            }

            if (!page.HasMore || scanned >= MaxScanned)
                return PageOf(found, version.Value, page.HasMore ? page.Items[^1].Key : null);
            query = query with { After = page.Items[^1].Key };
        }
    }

    private static ResourceViewPage PageOf(IReadOnlyList<ResourceView> items, long version, ResourceKey? last) =>
        new(items, version, last is { } key ? new ContinueToken(key, version).ToString() : null);
}
