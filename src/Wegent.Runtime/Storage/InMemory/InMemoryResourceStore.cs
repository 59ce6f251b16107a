using Wegent.Resources;
using Wegent.Storage;

namespace Wegent.Runtime.Storage.InMemory;

/// <summary>Resources in memory.</summary>
internal sealed class InMemoryResourceStore(InMemoryDatabase database) : IResourceStore
{
    public ValueTask<StoredResource?> FindAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        ResourceWrites.CheckKind(key.Kind);
        return new(database.Read(() => database.Resources.Find(key), cancellationToken));
    }

    public ValueTask<IReadOnlyDictionary<ResourceKey, StoredResource>> FindAllAsync(IReadOnlyCollection<ResourceKey> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
            ResourceWrites.CheckKind(key.Kind);
        return new(database.Read<IReadOnlyDictionary<ResourceKey, StoredResource>>(
            () =>
            {
                var found = new Dictionary<ResourceKey, StoredResource>(keys.Count);
                foreach (var key in keys)
                {
                    if (database.Resources.Find(key) is { } resource)
                        found[key] = resource;
                }

                return found;
            },
            cancellationToken));
    }

    public ValueTask<ResourcePage> ListAsync(ResourceQuery query, CancellationToken cancellationToken)
    {
        ResourceWrites.CheckKind(query.Kind);
        ResourceWrites.CheckLimit(query.Limit, nameof(query));
        return new(database.Read(
            () =>
            {
                var items = database.Resources.From(query).Take(query.Limit + 1).ToList();
                var hasMore = items.Count > query.Limit;
                if (hasMore)
                    items.RemoveAt(query.Limit);
                return new ResourcePage(items, database.Version, hasMore);
            },
            cancellationToken));
    }

    public ValueTask<IReadOnlyList<StoredResource?>> CommitAsync(IReadOnlyList<ResourceChange> changes, ResourceGuard? guard, CancellationToken cancellationToken)
    {
        foreach (var change in changes)
            ResourceWrites.CheckKind(change.Key.Kind);
        return new(database.Write<IReadOnlyList<StoredResource?>>(
            () =>
            {
                var now = database.Now;
                var version = database.Version;
                ResourceWrites.CheckStoreVersion(guard, version);
                database.OnUndo(() => Restore(version));
                var results = new List<StoredResource?>(changes.Count);
                foreach (var change in changes)
                {
                    var before = database.Resources.Find(change.Key);
                    var after = ResourceWrites.Apply(before, change, database.Version + 1, now);
                    if (before is not null || after is not null)
                    {
                        database.Version++;
                        database.Resources.Set(change.Key, after);
                        database.ResourceLog.Add(ResourceWrites.EntryOf(before, after, database.Version, now));
                        database.OnUndo(() => database.Resources.Set(change.Key, before));
                    }

                    results.Add(after);
                }

                foreach (var key in guard?.MustExist ?? [])
                {
                    if (database.Resources.Find(key) is null)
                        throw ResourceWrites.Missing(key);
                }

                return results;
            },
            cancellationToken));
    }

    public ValueTask<ResourceLogPage> ReadLogAsync(long afterVersion, int limit, CancellationToken cancellationToken)
    {
        ResourceWrites.CheckLimit(limit, nameof(limit));
        return new(database.Read(
            () => new ResourceLogPage(
                afterVersion < database.ResourceLog.Oldest ? [] : [.. database.ResourceLog.After(afterVersion).Take(limit)],
                database.ResourceLog.Oldest,
                database.Version),
            cancellationToken));
    }

    public ValueTask<IReadOnlyList<ResourceLogEntry>> ListRevisionsAsync(ResourceKey key, int limit, CancellationToken cancellationToken)
    {
        ResourceWrites.CheckKind(key.Kind);
        ResourceWrites.CheckLimit(limit, nameof(limit));
        return new(database.Read<IReadOnlyList<ResourceLogEntry>>(
            () => database.Resources.Find(key) is { } live ? [.. database.ResourceLog.Of(live.Uid).Take(limit)] : [],
            cancellationToken));
    }

    public ValueTask<int> TrimLogAsync(long keepChanges, int keepRevisions, CancellationToken cancellationToken)
    {
        ResourceWrites.CheckTrim(keepChanges, keepRevisions);
        return new(database.Write(() => database.ResourceLog.Trim(database.Version - keepChanges, keepRevisions), cancellationToken));
    }

    private void Restore(long version)
    {
        database.Version = version;
        database.ResourceLog.RemoveAfter(version);
    }
}
