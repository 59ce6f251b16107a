using System.Globalization;
using Microsoft.Extensions.Logging;
using Wegent.Messaging;
using Wegent.Resources;
using Wegent.Storage;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>The resources of one user: finds out what a wish comes to, writes all of it or nothing, and looks again when others were faster.</summary>
internal sealed class ResourceService(
    string owner,
    IResourceStore resources,
    ResourceApplier applier,
    ResourceLister lister,
    ResourceWatcher watcher,
    ResourceHistory history,
    ResourcePlanner planner,
    ResourceViews views,
    PublicResources publicResources,
    IHintBus hints,
    ILogger<ResourceService> logger) : IResourceClient
{
    /// <summary>How often a wish is looked at anew when others overtook its write. Each time somebody got further.</summary>
    private const int MaxAttempts = 16;

    public ValueTask<ApplyResult> ApplyAsync(string yaml, ApplyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        options ??= new ApplyOptions();
        return WriteAsync(
            () => applier.PrepareAsync(owner, yaml, options, cancellationToken),
            set => CarryOutAsync(set, options.DryRun, cancellationToken));
    }

    public ValueTask<ApplyResult> PatchAsync(string kind, string name, string patch, ApplyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(patch);
        options = (options ?? new ApplyOptions()) with { Mode = ApplyMode.Replace };
        var key = new ResourceKey(owner, options.Namespace, kind, name);
        var change = PatchDocument.Read(patch);
        return WriteAsync(
            async () =>
            {
                var stored = await resources.FindAsync(key, cancellationToken).ConfigureAwait(false)
                    ?? throw new NotFoundException("resource.not_found", $"{key} does not exist; the list of its kind shows what does.");
                return await applier.PrepareAsync(owner, change.ApplyTo(stored), options, cancellationToken).ConfigureAwait(false);
            },
            set => CarryOutAsync(set, options.DryRun, cancellationToken));
    }

    public async ValueTask<ResourceView?> FindAsync(string kind, string name, string namespaceName = "default", CancellationToken cancellationToken = default)
    {
        await publicResources.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var own = new ResourceKey(owner, namespaceName, kind, name);
        var stored = await resources.FindAsync(own, cancellationToken).ConfigureAwait(false)
            ?? await resources.FindAsync(own with { Owner = ResourceKey.SystemOwner }, cancellationToken).ConfigureAwait(false);
        return stored is null ? null : await views.OfAsync(stored, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<ResourceViewPage> ListAsync(string kind, ListOptions? options = null, CancellationToken cancellationToken = default)
    {
        await publicResources.EnsureAsync(cancellationToken).ConfigureAwait(false);
        return await lister.ListAsync(owner, kind, options ?? new ListOptions(), cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<IReadOnlyList<DeletedResource>> DeleteAsync(IReadOnlyList<ResourceKey> keys, DeleteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        options ??= new DeleteOptions();
        ResourceKey[] wanted = [.. keys.Select(key => key with { Owner = owner }).Distinct()];
        return WriteAsync(
            async () =>
            {
                var graph = await ResourceGraph.LoadAsync(resources, owner, cancellationToken).ConfigureAwait(false);
                var doomed = graph.Doom(wanted, options.Cascade);
                CheckVersions(doomed.Where(stored => wanted.Contains(stored.Key)), options.ExpectedVersion);
                return (graph.Version, Doomed: doomed);
            },
            async plan =>
            {
                if (plan.Doomed.Count > 0 && !options.DryRun)
                {
                    await resources.CommitAsync([.. plan.Doomed.Select(static resource => new ResourceChange(resource.Key, Document: null, resource.Version))], new ResourceGuard { StoreVersion = plan.Version }, cancellationToken).ConfigureAwait(false);
                    hints.Publish(HintTopics.Resources);
                }

                var gone = plan.Doomed.Select(static resource => resource.Key).ToHashSet();
                return (IReadOnlyList<DeletedResource>)[.. wanted.Union(gone).Select(key => new DeletedResource(key, gone.Contains(key)))];
            });
    }

    public IAsyncEnumerable<ResourceEvent> WatchAsync(string? kind, WatchOptions? options = null, CancellationToken cancellationToken = default) =>
        watcher.WatchAsync(owner, kind is null ? null : ResourceKinds.Get(kind).Name, options ?? new WatchOptions(), cancellationToken);

    public ValueTask<IReadOnlyList<Revision>> ListRevisionsAsync(string kind, string name, string namespaceName = "default", int limit = 10, CancellationToken cancellationToken = default) =>
        history.ListAsync(new ResourceKey(owner, namespaceName, kind, name), limit, cancellationToken);

    public async ValueTask<AppliedResource> UndoAsync(string kind, string name, string namespaceName = "default", long? toVersion = null, bool dryRun = false, CancellationToken cancellationToken = default)
    {
        var key = new ResourceKey(owner, namespaceName, kind, name);
        var result = await WriteAsync(
            () => history.PrepareUndoAsync(key, toVersion, cancellationToken),
            set => CarryOutAsync(set, dryRun, cancellationToken)).ConfigureAwait(false);
        return result.Resources[0];
    }

    public ValueTask<ResourcePlan> PlanAsync(string yaml, ApplyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        options ??= new ApplyOptions();
        return planner.PlanAsync(owner, yaml, new ApplyOptions { FileName = options.FileName, Namespace = options.Namespace, Strict = options.Strict, Prune = options.Prune }, cancellationToken);
    }

    public async ValueTask<ApplyResult> ApplyPlanAsync(ResourcePlan plan, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var set = await planner.PrepareAsync(owner, plan, cancellationToken).ConfigureAwait(false);
        try
        {
            return await CarryOutAsync(set, dryRun: false, cancellationToken).ConfigureAwait(false);
        }
        catch (ConflictException error)
        {
            throw ResourcePlanner.Stale(error.Message);
        }
    }

    private async ValueTask<ApplyResult> CarryOutAsync(ChangeSet set, bool dryRun, CancellationToken cancellationToken)
    {
        var results = set.Changes.Select(static change => change.Preview()).ToArray();
        var changes = set.ToCommit();
        if (!dryRun && changes.Count > 0)
        {
            var written = await resources.CommitAsync(changes, set.Guard, cancellationToken).ConfigureAwait(false);
            var next = 0;
            for (var i = 0; i < results.Length; i++)
            {
                if (set.Changes[i].Operation != ApplyOperation.Unchanged)
                    results[i] = written[next++] ?? results[i];
            }

            hints.Publish(HintTopics.Resources);
            logger.Applied(results.Length, owner, set.Changes.Count(static change => change.Operation == ApplyOperation.Created), set.Changes.Count(static change => change.Operation == ApplyOperation.Configured));
        }

        return new ApplyResult([.. set.Changes.Select((change, i) => new AppliedResource(change.Operation, views.OfChecked(results[i])) { Changes = change.Changes })], set.Diagnostics);
    }

    private static void CheckVersions(IEnumerable<StoredResource> stored, string? expected)
    {
        foreach (var resource in stored)
        {
            if (expected is not null && expected != resource.Version.ToString(CultureInfo.InvariantCulture))
                throw ResourceApplier.StaleVersion(resource.Key, resource, expected);
        }
    }

    // What was found out may not hold any more at the commit: then it is found out again. Whoever named a version is told so by the finding out.
    private static async ValueTask<TResult> WriteAsync<TPlan, TResult>(Func<ValueTask<TPlan>> prepare, Func<TPlan, ValueTask<TResult>> write)
    {
        for (var attempt = 1; ; attempt++)
        {
            var plan = await prepare().ConfigureAwait(false);
            try
            {
                return await write(plan).ConfigureAwait(false);
            }
            catch (ConflictException error) when (attempt < MaxAttempts && (error.Code is "resource.conflict" or "resource.moved"))
            {
                // Somebody else wrote first.
            }
        }
    }
}
