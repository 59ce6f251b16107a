namespace Wegent.Runtime.Storage.Sql;

/// <summary>Brings a schema up to date under a lock, and refuses one that it does not know.</summary>
internal sealed class SqlMigrator(SqlDialect dialect, IReadOnlyList<SqlMigration> migrations, DateTimeOffset now)
{
    private const string CreateTable = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
          version INTEGER NOT NULL PRIMARY KEY,
          name VARCHAR(200) NOT NULL,
          checksum CHAR(64) NOT NULL,
          applied_at BIGINT NOT NULL
        )
        """;

    private const string ListApplied = "SELECT version, checksum, applied_at FROM schema_migrations ORDER BY version";

    // Where the engine commits every statement that changes the schema, a step that ended midway is known by its 0.
    private const string InsertBegun = "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (@version, @name, @checksum, 0)";

    private const string SetApplied = "UPDATE schema_migrations SET applied_at = @applied_at WHERE version = @version";

    private const string FindStore = "SELECT store_id FROM store_info WHERE id = 1";

    private const string InsertStore = "INSERT INTO store_info (id, store_id, resource_version, created_at) VALUES (1, @store_id, 0, @created_at)";

    /// <summary>Checks what was applied and applies the rest, all or nothing where the engine can.</summary>
    /// <returns>The schema's version.</returns>
    /// <exception cref="WegentException"><c>storage.schema_newer</c>, <c>storage.schema_changed</c> or <c>storage.schema_half_made</c>.</exception>
    public async ValueTask<int> RunAsync(SqlSession session)
    {
        await dialect.LockSchemaAsync(session).ConfigureAwait(false);
        await session.ExecuteAsync(CreateTable).ConfigureAwait(false);
        var applied = await session.QueryAsync(ListApplied, static row => (Version: row.GetInt32(0), Checksum: row.GetString(1), IsWhole: row.GetInt64(2) != 0)).ConfigureAwait(false);
        Check(applied);

        var version = applied.Count == 0 ? 0 : applied[^1].Version;
        foreach (var migration in migrations.Where(migration => migration.Version > version))
        {
            await session.ExecuteAsync(InsertBegun, ("version", migration.Version), ("name", migration.Name), ("checksum", migration.Checksum)).ConfigureAwait(false);
            await session.RunScriptAsync(migration.Script).ConfigureAwait(false);
            await session.ExecuteAsync(SetApplied, ("applied_at", Math.Max(1, StoreTime.ToMicroseconds(now))), ("version", migration.Version)).ConfigureAwait(false);
        }

        if (await session.FindAsync(FindStore, static row => row.GetString(0)).ConfigureAwait(false) is null)
            await session.ExecuteAsync(InsertStore, ("store_id", StoreId.New(now)), ("created_at", StoreTime.ToMicroseconds(now))).ConfigureAwait(false);
        await dialect.UnlockSchemaAsync(session).ConfigureAwait(false);
        return migrations[^1].Version;
    }

    private void Check(List<(int Version, string Checksum, bool IsWhole)> applied)
    {
        foreach (var (version, checksum, isWhole) in applied)
        {
            var known = migrations.FirstOrDefault(migration => migration.Version == version)
                ?? throw new WegentException("storage.schema_newer", $"The database {dialect.Place} has schema {applied[^1].Version}, and this version of Wegent knows {migrations[^1].Version}. Update Wegent, or restore a backup from before the update.");
            if (!isWhole)
                throw new WegentException("storage.schema_half_made", $"Schema step {version} ({known.Name}) of the database {dialect.Place} was begun and never ended. Restore a backup from before the update; if the database was new, drop it and create it again.");
            if (known.Checksum != checksum)
                throw new WegentException("storage.schema_changed", $"The database {dialect.Place} was made with another form of schema step {version} ({known.Name}). Use the version of Wegent that made it, or restore a backup.");
        }
    }
}
