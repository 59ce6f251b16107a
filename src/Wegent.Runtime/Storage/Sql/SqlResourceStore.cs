using System.Data.Common;
using Wegent.Resources;
using Wegent.Storage;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>Resources in SQL: a table a kind.</summary>
internal sealed class SqlResourceStore(SqlDatabase database) : IResourceStore
{
    public ValueTask<StoredResource?> FindAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        ResourceWrites.CheckKind(key.Kind);
        return database.ReadAsync(session => FindAsync(session, ResourceSql.For(key.Kind, key.Owner).Find, key), cancellationToken);
    }

    public async ValueTask<IReadOnlyDictionary<ResourceKey, StoredResource>> FindAllAsync(IReadOnlyCollection<ResourceKey> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
            ResourceWrites.CheckKind(key.Kind);
        var found = new Dictionary<ResourceKey, StoredResource>(keys.Count);
        return keys.Count == 0 ? found : await database.ReadSnapshotAsync(
            async session =>
            {
                foreach (var table in keys.Distinct().GroupBy(static key => (key.Kind, Sql: ResourceSql.For(key.Kind, key.Owner))))
                {
                    foreach (var chunk in table.Chunk(ResourceSql.ManyCount))
                        await FindManyAsync(session, table.Key.Sql.FindMany, table.Key.Kind, chunk, found).ConfigureAwait(false);
                }

                return found;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<ResourcePage> ListAsync(ResourceQuery query, CancellationToken cancellationToken)
    {
        ResourceWrites.CheckKind(query.Kind);
        ResourceWrites.CheckLimit(query.Limit, nameof(query));
        return database.ReadSnapshotAsync(
            async session =>
            {
                var items = await ListAsync(session, query).ConfigureAwait(false);
                var version = await session.FindAsync(ResourceSql.FindVersion, static row => row.GetInt64(0)).ConfigureAwait(false);
                var hasMore = items.Count > query.Limit;
                if (hasMore)
                    items.RemoveAt(query.Limit);
                return new ResourcePage(items, version, hasMore);
            },
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<StoredResource?>> CommitAsync(IReadOnlyList<ResourceChange> changes, ResourceGuard? guard, CancellationToken cancellationToken)
    {
        foreach (var change in changes)
            ResourceWrites.CheckKind(change.Key.Kind);
        return changes.Count == 0 ? new([]) : database.WriteAsync(session => CommitAsync(session, changes, guard), cancellationToken);
    }

    public ValueTask<ResourceLogPage> ReadLogAsync(long afterVersion, int limit, CancellationToken cancellationToken)
    {
        ResourceWrites.CheckLimit(limit, nameof(limit));
        return database.ReadSnapshotAsync(
            async session =>
            {
                var (version, oldest) = await session.FindAsync(ResourceLogSql.FindState, static row => (row.GetInt64(0), row.GetInt64(1))).ConfigureAwait(false);
                var entries = afterVersion < oldest || afterVersion >= version
                    ? []
                    : await session.QueryAsync(ResourceLogSql.Read, ResourceLogSql.Map, ("after", afterVersion), ("limit", limit)).ConfigureAwait(false);
                return new ResourceLogPage(entries, oldest, version);
            },
            cancellationToken);
    }

    public async ValueTask<IReadOnlyList<ResourceLogEntry>> ListRevisionsAsync(ResourceKey key, int limit, CancellationToken cancellationToken)
    {
        ResourceWrites.CheckKind(key.Kind);
        ResourceWrites.CheckLimit(limit, nameof(limit));
        return await database.ReadSnapshotAsync(
            async session => await FindAsync(session, ResourceSql.For(key.Kind, key.Owner).Find, key).ConfigureAwait(false) is { } live
                ? await session.QueryAsync(ResourceLogSql.ListRevisions, ResourceLogSql.Map, ("uid", live.Uid), ("limit", limit)).ConfigureAwait(false)
                : [],
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<int> TrimLogAsync(long keepChanges, int keepRevisions, CancellationToken cancellationToken)
    {
        ResourceWrites.CheckTrim(keepChanges, keepRevisions);
        var removed = 0;
        while (true)
        {
            // A step a transaction, so that nobody waits long for the writer.
            var (count, hasMore) = await database.WriteAsync(session => SqlResourceLogTrim.RunStepAsync(session, keepChanges, keepRevisions), cancellationToken).ConfigureAwait(false);
            removed += count;
            if (!hasMore)
                return removed;
        }
    }

    private async ValueTask<IReadOnlyList<StoredResource?>> CommitAsync(SqlSession session, IReadOnlyList<ResourceChange> changes, ResourceGuard? guard)
    {
        var now = database.Now;
        var version = await session.FindAsync(ResourceSql.FindVersionToChange, static row => row.GetInt64(0)).ConfigureAwait(false);
        ResourceWrites.CheckStoreVersion(guard, version);
        var results = new List<StoredResource?>(changes.Count);
        foreach (var change in changes)
        {
            var sql = ResourceSql.For(change.Key.Kind, change.Key.Owner);
            var before = await FindAsync(session, sql.FindToChange, change.Key).ConfigureAwait(false);
            var after = ResourceWrites.Apply(before, change, version + 1, now);
            if (before is not null || after is not null)
            {
                await WriteAsync(session, sql, change, before, after, ++version, now).ConfigureAwait(false);
                await ResourceLogSql.InsertAsync(session, ResourceWrites.EntryOf(before, after, version, now)).ConfigureAwait(false);
            }

            results.Add(after);
        }

        foreach (var key in guard?.MustExist ?? [])
        {
            if (await FindAsync(session, ResourceSql.For(key.Kind, key.Owner).FindToChange, key).ConfigureAwait(false) is null)
                throw ResourceWrites.Missing(key);
        }

        await session.ExecuteAsync(ResourceSql.SetVersion, ("version", version)).ConfigureAwait(false);
        return results;
    }

    private async ValueTask WriteAsync(SqlSession session, ResourceSql sql, ResourceChange change, StoredResource? before, StoredResource? after, long version, DateTimeOffset now)
    {
        if (before is null)
        {
            await InsertAsync(session, sql, after!, change).ConfigureAwait(false); // one of the two is there
            return;
        }

        var changed = after is null
            ? await session.ExecuteAsync(
                sql.Delete,
                ("version", version),
                ("updated_at", StoreTime.ToMicroseconds(now)),
                ("uid", before.Uid),
                ("old_version", before.Version)).ConfigureAwait(false)
            : await session.ExecuteAsync(
                sql.Update,
                ("version", version),
                ("generation", after.Generation),
                ("updated_at", StoreTime.ToMicroseconds(now)),
                ("document", after.Document),
                ("uid", before.Uid),
                ("old_version", before.Version)).ConfigureAwait(false);
        if (changed != 1)
            throw ResourceWrites.Conflict(before, change);
    }

    private async ValueTask InsertAsync(SqlSession session, ResourceSql sql, StoredResource resource, ResourceChange change)
    {
        try
        {
            await session.ExecuteAsync(
                sql.Insert,
                ("uid", resource.Uid),
                ("owner", resource.Key.Owner),
                ("namespace", resource.Key.Namespace),
                ("name", resource.Key.Name),
                ("version", resource.Version),
                ("generation", resource.Generation),
                ("created_at", StoreTime.ToMicroseconds(resource.CreatedAt)),
                ("document", resource.Document),
                ("origin", OriginMapping.ToText(resource.Origin))).ConfigureAwait(false);
        }
        catch (DbException error) when (database.Dialect.IsUniqueViolation(error))
        {
            throw ResourceWrites.Conflict(resource, change); // another host created it between our read and our write
        }
    }

    private static ValueTask<StoredResource?> FindAsync(SqlSession session, string sql, ResourceKey key) => session.FindAsync(
        sql, row => Map(row, key.Kind), ("owner", key.Owner), ("namespace", key.Namespace), ("name", key.Name));

    private static async ValueTask FindManyAsync(SqlSession session, string sql, string kind, ResourceKey[] keys, Dictionary<ResourceKey, StoredResource> found)
    {
        var values = new SqlArgument[ResourceSql.ManyCount * 3];
        for (var i = 0; i < ResourceSql.ManyCount; i++)
        {
            var key = keys[Math.Min(i, keys.Length - 1)]; // the statement has a fixed length: the last key fills it
            values[i * 3] = (s_names[i * 3], key.Owner);
            values[(i * 3) + 1] = (s_names[(i * 3) + 1], key.Namespace);
            values[(i * 3) + 2] = (s_names[(i * 3) + 2], key.Name);
        }

        foreach (var resource in await session.QueryAsync(sql, row => Map(row, kind), values).ConfigureAwait(false))
            found[resource.Key] = resource;
    }

    /// <summary>One more than the page holds: what is left of the namespace where the last page ended, then the namespaces after it.</summary>
    private static async ValueTask<List<StoredResource>> ListAsync(SqlSession session, ResourceQuery query)
    {
        var sql = ResourceSql.For(query.Kind, query.Owner);
        var items = new List<StoredResource>();
        var space = query.Namespace ?? query.After?.Namespace;
        if (space is not null)
        {
            items = await session.QueryAsync(
                sql.ListNamespace,
                row => Map(row, query.Kind),
                ("owner", query.Owner),
                ("namespace", space),
                ("after_name", query.After?.Name ?? ""),
                ("limit", query.Limit + 1)).ConfigureAwait(false);
        }

        if (query.Namespace is null && items.Count <= query.Limit)
        {
            items.AddRange(await session.QueryAsync(
                sql.List,
                row => Map(row, query.Kind),
                ("owner", query.Owner),
                ("after_namespace", space ?? ""),
                ("limit", query.Limit + 1 - items.Count)).ConfigureAwait(false));
        }

        return items;
    }

    private static StoredResource Map(SqlRow row, string kind) => new()
    {
        Key = new(row.GetString(0), row.GetString(1), kind, row.GetString(2)),
        Uid = row.GetString(3),
        Version = row.GetInt64(4),
        Generation = row.GetInt64(5),
        CreatedAt = row.GetTime(6),
        UpdatedAt = row.GetTime(7),
        Document = row.GetString(8),
        Origin = OriginMapping.FromText(row.FindString(9)),
    };

    private static readonly string[] s_names = [.. Enumerable.Range(0, ResourceSql.ManyCount).SelectMany(static i => new[] { $"owner{i}", $"namespace{i}", $"name{i}" })];
}
