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

    private const string ListApplied = "SELECT version, checksum FROM schema_migrations ORDER BY version";

    private const string InsertApplied = "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (@version, @name, @checksum, @applied_at)";

    private const string FindStore = "SELECT store_id FROM store_info WHERE id = 1";

    private const string InsertStore = "INSERT INTO store_info (id, store_id, resource_version, created_at) VALUES (1, @store_id, 0, @created_at)";

    /// <summary>Checks what was applied and applies the rest, all or nothing where the engine can.</summary>
    /// <returns>The schema's version.</returns>
    /// <exception cref="WegentException"><c>storage.schema_newer</c> or <c>storage.schema_changed</c>.</exception>
    public async ValueTask<int> RunAsync(SqlSession session)
    {
        await session.ExecuteAsync(dialect.LockSchema).ConfigureAwait(false);
        await session.ExecuteAsync(CreateTable).ConfigureAwait(false);
        var applied = await session.QueryAsync(ListApplied, static row => (Version: row.GetInt32(0), Checksum: row.GetString(1))).ConfigureAwait(false);
        Check(applied);

        var version = applied.Count == 0 ? 0 : applied[^1].Version;
        foreach (var migration in migrations.Where(migration => migration.Version > version))
        {
            await session.RunScriptAsync(migration.Script).ConfigureAwait(false);
            await session.ExecuteAsync(
                InsertApplied,
                ("version", migration.Version),
                ("name", migration.Name),
                ("checksum", migration.Checksum),
                ("applied_at", StoreTime.ToMicroseconds(now))).ConfigureAwait(false);
        }

        if (await session.FindAsync(FindStore, static row => row.GetString(0)).ConfigureAwait(false) is null)
            await session.ExecuteAsync(InsertStore, ("store_id", StoreId.New(now)), ("created_at", StoreTime.ToMicroseconds(now))).ConfigureAwait(false);
        await session.ExecuteAsync(dialect.UnlockSchema).ConfigureAwait(false);
        return migrations[^1].Version;
    }

    private void Check(List<(int Version, string Checksum)> applied)
    {
        foreach (var (version, checksum) in applied)
        {
            var known = migrations.FirstOrDefault(migration => migration.Version == version)
                ?? throw new WegentException("storage.schema_newer", $"The database {dialect.Place} has schema {applied[^1].Version}, and this version of Wegent knows {migrations[^1].Version}. Update Wegent, or restore a backup from before the update.");
            if (known.Checksum != checksum)
                throw new WegentException("storage.schema_changed", $"The database {dialect.Place} was made with another form of schema step {version} ({known.Name}). Use the version of Wegent that made it, or restore a backup.");
        }
    }
}
