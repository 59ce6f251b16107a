using Wegent.Runtime.Storage.Sql;
using Wegent.Runtime.Storage.Sql.Sqlite;

namespace Wegent.Runtime.Tests.Storage.Sql.Sqlite;

/// <summary>How the schema is brought up to date, and when it is refused.</summary>
public sealed class SqliteMigrationTests : IDisposable
{
    private readonly SqliteFile _file = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private SqliteDialect Dialect => new(new() { Path = _file.Path });

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_new_file_gets_the_schema_and_an_identity_that_stay()
    {
        var first = await OpenAndCloseAsync();
        var second = await OpenAndCloseAsync();

        Assert.Equal(first, second);
        Assert.Equal(["1|first_schema"], _file.Query("SELECT version, name FROM schema_migrations"));
        Assert.Equal(["wal"], _file.Query("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task A_new_file_is_for_its_owner_alone()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has no such mode.");
        await using var database = _file.Open();
        await new SqlTaskStore(database).CreateAsync(SqliteWriterTests.Request(), Ct);

        foreach (var path in new[] { _file.Path, _file.Path + "-wal", _file.Path + "-shm" })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(path).UnixFileMode);
    }

    [Fact]
    public async Task The_tables_are_those_of_the_architecture()
    {
        await OpenAndCloseAsync();

        var tables = _file.Query("SELECT name FROM sqlite_master WHERE type = 'table'");
        Assert.All(["ghosts", "models", "shells", "bots", "teams", "workspaces", "tasks", "users", "public_models"], name => Assert.Contains(name, tables));
    }

    [Fact]
    public async Task Many_that_open_at_once_make_one_schema()
    {
        var databases = Enumerable.Range(0, 4).Select(_ => _file.Open()).ToList();

        await Task.WhenAll(databases.Select(database => Task.Run(async () => await database.OpenAsync(Ct), Ct)));
        var ids = await Task.WhenAll(databases.Select(database => new SqlRunStore(database).GetStoreIdAsync(Ct).AsTask()));
        foreach (var database in databases)
            await database.DisposeAsync();

        Assert.Single(ids.Distinct());
        Assert.Equal(["1"], _file.Query("SELECT COUNT(*) FROM schema_migrations"));
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_left_alone()
    {
        await OpenAndCloseAsync();
        _file.Query("INSERT INTO schema_migrations VALUES (7, 'of_tomorrow', 'x', 0)");

        var error = await Assert.ThrowsAsync<WegentException>(OpenAndCloseAsync);

        Assert.Equal("storage.schema_newer", error.Code);
        Assert.Contains("schema 7", error.Message, StringComparison.Ordinal);
        Assert.Equal(["2"], _file.Query("SELECT COUNT(*) FROM schema_migrations"));
    }

    [Fact]
    public async Task A_schema_made_from_another_script_is_refused()
    {
        await OpenAndCloseAsync();
        _file.Query("UPDATE schema_migrations SET checksum = 'other'");

        var error = await Assert.ThrowsAsync<WegentException>(OpenAndCloseAsync);

        Assert.Equal("storage.schema_changed", error.Code);
    }

    [Fact]
    public async Task Further_steps_are_applied_once_and_in_order()
    {
        var steps = SqlMigration.Of(Dialect).ToList();
        var known = steps.Count;
        await MigrateAsync(steps);
        steps.Add(new(known + 1, "more", "CREATE TABLE more (a INTEGER); INSERT INTO more VALUES (1);"));
        steps.Add(new(known + 2, "most", "ALTER TABLE more ADD COLUMN b INTEGER"));

        Assert.Equal(known + 2, await MigrateAsync(steps));
        Assert.Equal(known + 2, await MigrateAsync(steps));

        Assert.Equal(["1|"], _file.Query("SELECT a, b FROM more"));
    }

    [Fact]
    public async Task A_step_that_fails_leaves_the_schema_as_it_was()
    {
        var steps = SqlMigration.Of(Dialect).ToList();
        await MigrateAsync(steps);
        steps.Add(new(steps.Count + 1, "broken", "CREATE TABLE more (a INTEGER); CREATE TABLE ghosts (a INTEGER)"));

        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => MigrateAsync(steps));

        Assert.Empty(_file.Query("SELECT name FROM sqlite_master WHERE name = 'more'"));
        await OpenAndCloseAsync();
    }

    [Fact]
    public void A_checksum_does_not_depend_on_line_ends() =>
        Assert.Equal(new SqlMigration(1, "a", "x\ny").Checksum, new SqlMigration(1, "a", "x\r\ny").Checksum);

    [Theory]
    [InlineData("UPDATE tasks SET lease_node = 'n'")]
    [InlineData("UPDATE tasks SET status = 'RUNNING'")]
    [InlineData("UPDATE tasks SET status = 'COMPLETED', ready_at = NULL")]
    [InlineData("UPDATE tasks SET status = 'FAILED', ready_at = NULL, completed_at = 1")]
    [InlineData("UPDATE tasks SET completed_at = 1")]
    [InlineData("UPDATE tasks SET ready_at = NULL")]
    [InlineData("UPDATE tasks SET status = 'NONSENSE'")]
    [InlineData("UPDATE tasks SET progress = 101")]
    [InlineData("UPDATE subtasks SET completed_at = NULL")]
    [InlineData("UPDATE subtasks SET status = 'CANCELLING'")]
    [InlineData("UPDATE subtasks SET sender = NULL")]
    [InlineData("UPDATE task_events SET seq = 0")]
    [InlineData("UPDATE users SET role = 'root'")]
    [InlineData("INSERT INTO models (uid, owner, namespace, name, version, generation, created_at, updated_at, document) VALUES ('u', 'system', 'd', 'n', 1, 1, 0, 0, '{}')")]
    [InlineData("INSERT INTO public_models (uid, owner, namespace, name, version, generation, created_at, updated_at, document) VALUES ('u', 'ada', 'd', 'n', 1, 1, 0, 0, '{}')")]
    [InlineData("INSERT INTO task_events (task_id, seq, name, created_at, data) VALUES (4711, 1, 'x', 0, x'00')")]
    [InlineData("UPDATE tasks SET created_at = 'yesterday'")]
    public async Task The_tables_refuse_states_that_cannot_be(string sql)
    {
        await using (var database = _file.Open())
        {
            await new SqlTaskStore(database).CreateAsync(SqliteWriterTests.Request(), Ct);
            await new SqlUserStore(database).CreateAsync(new("ada", "user", null), Ct);
        }

        var error = Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => _file.Query(sql));

        Assert.Equal(19, error.SqliteErrorCode);
    }

    private async Task<string> OpenAndCloseAsync()
    {
        await using var database = _file.Open();
        return await new SqlRunStore(database).GetStoreIdAsync(Ct);
    }

    private async Task<int> MigrateAsync(IReadOnlyList<SqlMigration> steps)
    {
        await using var session = await Dialect.OpenAsync(isWriter: true, Ct);
        return await new SqlMigrator(Dialect, steps, DateTimeOffset.UnixEpoch).RunAsync(session);
    }
}
