using Wegent.Runtime.Storage.Sql;
using Wegent.Runtime.Tests.Storage.Sql.Sqlite;
using Wegent.Tasks;

namespace Wegent.Runtime.Tests.Storage.Sql.MySql;

/// <summary>Connections that are lost: what was not committed is written once nevertheless, and what is not known is said to be not known.</summary>
public sealed class MySqlConnectionTests : IAsyncLifetime
{
    private readonly MySqlWire _wire = new();
    private MySqlTestDatabase _rented = null!; // set before any test
    private SqlDatabase _database = null!; // likewise
    private SqlTaskStore _tasks = null!; // likewise

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _rented = await MySqlTestDatabase.RentAsync();
        _database = _rented.Open(connectionString: _wire.ConnectionStringOf(_rented));
        _tasks = new(_database);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _wire.DisposeAsync();
        await _rented.DisposeAsync();
    }

    [Fact]
    public async Task A_write_whose_connection_is_lost_before_the_commit_is_made_once()
    {
        await _tasks.CreateAsync(SqliteWriterTests.Request(), Ct);
        _wire.CutAt("START TRANSACTION", afterServerGotIt: true);

        Assert.True((await _tasks.CreateAsync(SqliteWriterTests.Request(), Ct)).Created);

        Assert.Equal(["2"], await _rented.QueryAsync("SELECT COUNT(*) FROM tasks"));
        Assert.Equal(["2"], await _rented.QueryAsync("SELECT COUNT(*) FROM subtasks"));
        Assert.True(_wire.Connections >= 3, "the wire was not cut"); // one that made the schema, and two that wrote
    }

    [Fact]
    public async Task A_commit_that_never_reached_the_server_is_said_to_be_not_known_too()
    {
        await _tasks.CreateAsync(SqliteWriterTests.Request(), Ct);
        _wire.CutAt("COMMIT", afterServerGotIt: false);

        var error = await Assert.ThrowsAsync<UnavailableException>(async () => await _tasks.CreateAsync(SqliteWriterTests.Request(), Ct));

        Assert.Equal("storage.outcome_unknown", error.Code); // from here it looks the same
        Assert.Equal(["1"], await _rented.QueryAsync("SELECT COUNT(*) FROM tasks"));
        Assert.True((await _tasks.CreateAsync(SqliteWriterTests.Request(), Ct)).Created);
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_is_said_to_be_not_known_and_is_not_repeated()
    {
        await _tasks.CreateAsync(SqliteWriterTests.Request(), Ct);
        _wire.CutAt("COMMIT", afterServerGotIt: true);

        var error = await Assert.ThrowsAsync<UnavailableException>(async () => await _tasks.CreateAsync(SqliteWriterTests.Request() with { IdempotencyKey = "k", RequestDigest = "d" }, Ct));

        Assert.Equal("storage.outcome_unknown", error.Code);
        Assert.Contains("not known", error.Message, StringComparison.Ordinal);
        Assert.Equal(["2"], await _rented.QueryAsync("SELECT COUNT(*) FROM tasks")); // it was written, once
        Assert.False((await _tasks.CreateAsync(SqliteWriterTests.Request() with { IdempotencyKey = "k", RequestDigest = "d" }, Ct)).Created);
    }

    [Fact]
    public async Task Connections_that_the_server_ended_while_they_rested_are_replaced_unseen()
    {
        var id = (await _tasks.CreateAsync(SqliteWriterTests.Request(), Ct)).Id;
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _tasks.FindAsync(id, Ct).AsTask()));
        for (var round = 0; round < 3; round++)
        {
            foreach (var connection in await _rented.QueryAsync($"SELECT id FROM information_schema.processlist WHERE db = '{_rented.Name}' AND id <> CONNECTION_ID()"))
                await _rented.QueryAsync($"KILL {connection}");

            Assert.NotNull(await _tasks.FindAsync(id, Ct));
            Assert.True((await _tasks.CreateAsync(SqliteWriterTests.Request(), Ct)).Created);
            Assert.Equal(2 + round, (await _tasks.ListAsync(new(), Ct)).Count);
        }
    }

    [Fact]
    public async Task While_the_server_is_away_calls_say_so_and_go_on_when_it_is_back()
    {
        var id = (await _tasks.CreateAsync(SqliteWriterTests.Request(), Ct)).Id;
        _wire.Down();

        var read = await Assert.ThrowsAsync<UnavailableException>(async () => await _tasks.FindAsync(id, Ct));
        var write = await Assert.ThrowsAsync<UnavailableException>(async () => await _tasks.CreateAsync(SqliteWriterTests.Request(), Ct));
        _wire.Up();

        Assert.All([read, write], error => Assert.Equal("storage.unavailable", error.Code));
        Assert.All([read, write], static error => Assert.Contains("is away", error.Message, StringComparison.Ordinal));
        Assert.NotNull(await _tasks.FindAsync(id, Ct));
        Assert.True((await _tasks.CreateAsync(SqliteWriterTests.Request(), Ct)).Created);
    }

    [Fact]
    public async Task A_connection_that_is_lost_amid_writes_of_many_fails_none_of_them()
    {
        await _tasks.CreateAsync(SqliteWriterTests.Request(), Ct);
        _wire.CutAt("INSERT INTO task_artifacts", afterServerGotIt: false); // when it is prepared, amid the batch
        var runs = new SqlRunStore(_database);
        var claimed = Assert.Single(await runs.ClaimAsync(new("node-1", DateTimeOffset.UtcNow.AddMinutes(5), 10, 10), Ct));

        var writes = Enumerable.Range(0, 50).Select(_ => _tasks.CreateAsync(SqliteWriterTests.Request(), Ct).AsTask()).ToList();
        var commit = runs.CommitAsync(claimed.Lease, new() { Artifacts = new Dictionary<string, string?> { ["diff"] = "x" }, Move = new(TaskTrigger.Completed) }, Ct).AsTask();
        await Task.WhenAll(writes);

        Assert.Equal(TaskState.Completed, (await commit).Status);
        Assert.Equal(["51"], await _rented.QueryAsync("SELECT COUNT(*) FROM tasks"));
        Assert.Equal(["0"], await _rented.QueryAsync("SELECT COUNT(*) FROM tasks t WHERE t.last_seq <> (SELECT COUNT(*) FROM task_events e WHERE e.task_id = t.id)"));
    }
}
