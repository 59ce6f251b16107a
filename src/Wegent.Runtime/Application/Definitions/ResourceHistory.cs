using Wegent.Resources;
using Wegent.Storage;
using Wegent.Validation;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>The revisions of a resource, and the way back to one.</summary>
internal sealed class ResourceHistory(IResourceStore resources, ResourceViews views)
{
    private const int MaxRevisions = 1000;

    /// <summary>The revisions that are kept, newest first.</summary>
    /// <exception cref="NotFoundException"><c>resource.not_found</c>.</exception>
    public async ValueTask<IReadOnlyList<Revision>> ListAsync(ResourceKey key, int limit, CancellationToken cancellationToken)
    {
        // One more than is told, to say what the oldest of them changed.
        var entries = await resources.ListRevisionsAsync(key, Math.Min(limit + 1, MaxRevisions), cancellationToken).ConfigureAwait(false);
        if (entries.Count == 0)
            throw NotFound(key);
        return [.. entries.Take(limit).Select((entry, i) => new Revision(
            entry.Version,
            views.OfChecked(entry.Resource),
            i + 1 < entries.Count ? DocumentDiff.Between(entries[i + 1].Resource.Document, entry.Resource.Document) : [],
            IsCurrent: i == 0))];
    }

    /// <summary>What it means to go back.</summary>
    /// <param name="key">The resource.</param>
    /// <param name="version">The revision; null for the newest that differs from the present one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NotFoundException"><c>resource.not_found</c> or <c>revision.not_found</c>.</exception>
    /// <exception cref="ConflictException"><c>revision.broken</c>: it refers to what is not there any more.</exception>
    public async ValueTask<ChangeSet> PrepareUndoAsync(ResourceKey key, long? version, CancellationToken cancellationToken)
    {
        var entries = await resources.ListRevisionsAsync(key, MaxRevisions, cancellationToken).ConfigureAwait(false);
        if (entries.Count == 0)
            throw NotFound(key);

        var present = entries[0].Resource;
        var target = version is { } wanted
            ? entries.FirstOrDefault(entry => entry.Version == wanted) ?? throw new NotFoundException("revision.not_found", $"{key} has no revision {wanted} that is kept; there are {string.Join(", ", entries.Take(20).Select(static entry => entry.Version))}.")
            : entries.FirstOrDefault(entry => !ResourceViews.AreEqual(entry.Resource.Document, present.Document)) ?? throw new NotFoundException("revision.not_found", $"{key} has no earlier revision that differs from the present one.");

        var guard = new ResourceGuard { MustExist = await ReferencesAsync(key, target, cancellationToken).ConfigureAwait(false) };
        var operation = ResourceViews.AreEqual(target.Resource.Document, present.Document) ? ApplyOperation.Unchanged : ApplyOperation.Configured;
        return new ChangeSet([new PlannedChange(operation, key, present, target.Resource.Document)], [], guard);
    }

    private async ValueTask<IReadOnlyCollection<ResourceKey>> ReferencesAsync(ResourceKey key, ResourceLogEntry target, CancellationToken cancellationToken)
    {
        var references = ReferenceChecker.ReferencesOf(ResourceJson.FromJson(key.Kind, target.Resource.Document), key.Owner);
        var there = await resources.FindAllAsync([.. references.SelectMany(static candidates => candidates).Distinct()], cancellationToken).ConfigureAwait(false);
        if (references.FirstOrDefault(candidates => !candidates.Any(there.ContainsKey)) is { } missing)
            throw new ConflictException("revision.broken", $"Revision {target.Version} of {key} refers to {missing[0]}, which does not exist any more. Apply that first, or go back to another revision.");
        return [.. references.Select(candidates => candidates.First(there.ContainsKey)).Distinct()];
    }

    private static NotFoundException NotFound(ResourceKey key) => new("resource.not_found", $"{key} does not exist; the list of its kind shows what does.");
}
