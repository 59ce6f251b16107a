using MySqlConnector;
using Wegent.Runtime.Storage.Sql;
using Wegent.Runtime.Storage.Sql.MySql;
using Wegent.Runtime.Tests.Storage.Sql.Sqlite;

namespace Wegent.Runtime.Tests.Storage.Sql.MySql;

/// <summary>How the schema is brought up to date, and when it is refused.</summary>
public sealed class MySqlMigrationTests : IAsyncLifetime
{
    private MySqlTestDatabase _database = null!; // set before any test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await MySqlTestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_new_database_gets_the_tables_of_SQLite_and_an_identity_that_stay()
    {
        var first = await OpenAndCloseAsync();
        var second = await OpenAndCloseAsync();
        using var file = new SqliteFile();
        await using (var lite = file.Open())
            await lite.OpenAsync(Ct);

        Assert.Equal(first, second);
        Assert.Equal(["1|first_schema"], await _database.QueryAsync("SELECT version, name FROM schema_migrations WHERE applied_at > 0"));
        Assert.Equal(
            file.Query("SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY 1"),
            (await _database.QueryAsync("SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns WHERE table_schema = DATABASE()")).Order(StringComparer.Ordinal));
        var indexes = await _database.QueryAsync("SELECT DISTINCT index_name FROM information_schema.statistics WHERE table_schema = DATABASE()");
        Assert.All(file.Query("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"), index => Assert.Contains(index, indexes));
    }

    [Fact]
    public async Task Texts_keep_case_and_all_scripts()
    {
        await OpenAndCloseAsync();

        var collations = await _database.QueryAsync("SELECT DISTINCT collation_name FROM information_schema.columns WHERE table_schema = DATABASE() AND collation_name IS NOT NULL AND table_name <> 'schema_migrations'");

        Assert.Equal(["utf8mb4_bin"], collations);
    }

    [Fact]
    public async Task Many_that_open_at_once_make_one_schema()
    {
        var databases = Enumerable.Range(0, 4).Select(_ => _database.Open()).ToList();

        await Task.WhenAll(databases.Select(database => Task.Run(async () => await database.OpenAsync(Ct), Ct)));
        var ids = await Task.WhenAll(databases.Select(database => new SqlRunStore(database).GetStoreIdAsync(Ct).AsTask()));
        foreach (var database in databases)
            await database.DisposeAsync();

        Assert.Single(ids.Distinct());
        Assert.Equal(["1"], await _database.QueryAsync("SELECT COUNT(*) FROM schema_migrations"));
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_left_alone()
    {
        await OpenAndCloseAsync();
        await _database.QueryAsync("INSERT INTO schema_migrations VALUES (7, 'of_tomorrow', 'x', 1)");

        var error = await Assert.ThrowsAsync<WegentException>(OpenAndCloseAsync);

        Assert.Equal("storage.schema_newer", error.Code);
        Assert.Contains("schema 7", error.Message, StringComparison.Ordinal);
        Assert.Equal(["2"], await _database.QueryAsync("SELECT COUNT(*) FROM schema_migrations"));
    }

    [Fact]
    public async Task A_schema_made_from_another_script_is_refused()
    {
        await OpenAndCloseAsync();
        await _database.QueryAsync("UPDATE schema_migrations SET checksum = 'other'");

        var error = await Assert.ThrowsAsync<WegentException>(OpenAndCloseAsync);

        Assert.Equal("storage.schema_changed", error.Code);
    }

    [Fact]
    public async Task Further_steps_are_applied_once_and_in_order()
    {
        var steps = SqlMigration.Of(_database.Dialect()).ToList();
        var known = steps.Count;
        await MigrateAsync(steps);
        steps.Add(new(known + 1, "more", "CREATE TABLE more (a INTEGER); INSERT INTO more VALUES (1);"));
        steps.Add(new(known + 2, "most", "ALTER TABLE more ADD COLUMN b INTEGER"));

        Assert.Equal(known + 2, await MigrateAsync(steps));
        Assert.Equal(known + 2, await MigrateAsync(steps));

        Assert.Equal(["1|"], await _database.QueryAsync("SELECT a, b FROM more"));
    }

    [Fact]
    public async Task A_step_that_ended_midway_is_found_and_said()
    {
        var steps = SqlMigration.Of(_database.Dialect()).ToList();
        await MigrateAsync(steps);
        steps.Add(new(steps.Count + 1, "broken", "CREATE TABLE more (a INTEGER); CREATE TABLE ghosts (a INTEGER)"));

        await Assert.ThrowsAsync<MySqlException>(() => MigrateAsync(steps));
        var error = await Assert.ThrowsAsync<WegentException>(() => MigrateAsync(steps));

        Assert.Equal("storage.schema_half_made", error.Code);
        Assert.Contains("broken", error.Message, StringComparison.Ordinal);
        Assert.Contains(_database.Name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_another_host_brings_up_to_date_is_waited_for()
    {
        await using var other = await _database.Dialect().OpenAsync(isWriter: true, Ct);
        await _database.Dialect().LockSchemaAsync(other);
        await using var database = _database.Open();

        var opening = database.OpenAsync(Ct).AsTask();
        var waiting = $"SELECT COUNT(*) FROM information_schema.processlist WHERE db = '{_database.Name}' AND state = 'User lock'";
        while ((await _database.QueryAsync(waiting))[0] == "0")
            Assert.False(opening.IsCompleted);
        await _database.Dialect().UnlockSchemaAsync(other);

        await opening;
    }

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
        await using var rented = await MySqlTestDatabase.RentAsync();
        await using (var database = rented.Open())
        {
            await new SqlTaskStore(database).CreateAsync(SqliteWriterTests.Request(), Ct);
            await new SqlUserStore(database).CreateAsync(new("ada", "user", null), Ct);
        }

        var error = await Assert.ThrowsAsync<MySqlException>(() => rented.QueryAsync(sql));

        Assert.Equal(SqlFailure.Statement, rented.Dialect().FailureOf(error));
    }

    private async Task<string> OpenAndCloseAsync()
    {
        await using var database = _database.Open();
        return await new SqlRunStore(database).GetStoreIdAsync(Ct);
    }

    private async Task<int> MigrateAsync(IReadOnlyList<SqlMigration> steps)
    {
        MySqlDialect dialect = _database.Dialect();
        await using var session = await dialect.OpenAsync(isWriter: true, Ct);
        return await new SqlMigrator(dialect, steps, DateTimeOffset.UnixEpoch).RunAsync(session);
    }
}
