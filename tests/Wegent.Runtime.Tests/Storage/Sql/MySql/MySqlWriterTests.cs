using Wegent.Runtime.Storage.Sql;
using Wegent.Runtime.Tests.Storage.Sql.Sqlite;

namespace Wegent.Runtime.Tests.Storage.Sql.MySql;

/// <summary>Writers of several hosts that get in each other's way, or in the way of somebody else's transaction.</summary>
public sealed class MySqlWriterTests : IAsyncLifetime
{
    private const string InsertUser = "INSERT INTO users (user_name, name_key, role, is_active, token_version, created_at, updated_at) VALUES (@name, @name, 'user', 1, 0, 0, 0)";
    private const string Touch = "UPDATE users SET token_version = token_version + 1 WHERE name_key = @name";

    private MySqlTestDatabase _rented = null!; // set before any test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rented = await MySqlTestDatabase.RentAsync();

    public ValueTask DisposeAsync() => _rented.DisposeAsync();

    [Fact]
    public async Task Transactions_that_wait_for_each_other_are_both_made()
    {
        await using var one = _rented.Open();
        await using var two = _rented.Open();
        await one.WriteAsync(session => session.ExecuteAsync(InsertUser, ("name", "a")), Ct);
        await one.WriteAsync(session => session.ExecuteAsync(InsertUser, ("name", "b")), Ct);
        var meet = new Barrier(2);
        var runs = 0;

        await Task.WhenAll(CrossAsync(one, "a", "b"), CrossAsync(two, "b", "a"));

        Assert.Equal(["a|2", "b|2"], await _rented.QueryAsync("SELECT name_key, token_version FROM users ORDER BY name_key"));
        Assert.Equal(3, runs); // one of them was taken back, and run again

        async Task CrossAsync(SqlDatabase database, string first, string second)
        {
            var isFirst = true;
            await database.WriteAsync(
                async session =>
                {
                    Interlocked.Increment(ref runs);
                    await session.ExecuteAsync(Touch, ("name", first));
                    if (isFirst)
                    {
                        isFirst = false;
                        await Task.Run(() => meet.SignalAndWait(Ct), Ct);
                    }

                    return await session.ExecuteAsync(Touch, ("name", second));
                },
                Ct);
        }
    }

    [Fact]
    public async Task A_row_that_somebody_holds_fails_only_the_write_that_needs_it()
    {
        await using var database = _rented.Open(lockWait: TimeSpan.FromSeconds(1));
        await database.WriteAsync(session => session.ExecuteAsync(InsertUser, ("name", "held")), Ct);
        await using var other = await _rented.Dialect().OpenAsync(isWriter: true, Ct);
        await other.ExecuteAsync("START TRANSACTION");
        await other.ExecuteAsync(Touch, ("name", "held"));

        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously); // once open it stays open: the writes may run again
        var first = database.WriteAsync(
            async _ =>
            {
                await gate.Task;
                return true;
            },
            Ct).AsTask();
        var before = database.WriteAsync(session => session.ExecuteAsync(InsertUser, ("name", "before")), Ct).AsTask();
        var blocked = database.WriteAsync(session => session.ExecuteAsync(Touch, ("name", "held")), Ct).AsTask();
        var after = database.WriteAsync(session => session.ExecuteAsync(InsertUser, ("name", "after")), Ct).AsTask();
        gate.SetResult();
        await Task.WhenAll(first, before, after);

        var error = await Assert.ThrowsAsync<UnavailableException>(() => blocked);
        Assert.Equal("storage.unavailable", error.Code);
        Assert.Contains("held by another client", error.Message, StringComparison.Ordinal);
        Assert.Equal(["after", "before", "held"], await _rented.QueryAsync("SELECT name_key FROM users ORDER BY name_key"));
        await other.ExecuteAsync("ROLLBACK");
        Assert.Equal(1, await database.WriteAsync(session => session.ExecuteAsync(Touch, ("name", "held")), Ct));
    }

    [Fact]
    public async Task Writes_that_wait_share_a_commit()
    {
        await using var database = _rented.Open();
        using var gate = new SemaphoreSlim(0);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = database.WriteAsync(
            async _ =>
            {
                started.SetResult();
                await gate.WaitAsync(Ct);
                return 0;
            },
            Ct).AsTask();
        await started.Task;

        var writes = Enumerable.Range(0, 200).Select(i => database.WriteAsync(session => session.ExecuteAsync(InsertUser, ("name", $"u{i}")), Ct).AsTask()).ToList();
        gate.Release();
        await Task.WhenAll([first, .. writes]);

        Assert.Equal(1 + 4, database.Commits); // the first alone, then 64 at a time
        Assert.Equal(["200"], await _rented.QueryAsync("SELECT COUNT(*) FROM users"));
    }

    [Fact]
    public async Task A_write_that_fails_midway_takes_nothing_of_its_batch_along_and_leaves_nothing_behind()
    {
        await using var database = _rented.Open();
        var before = database.WriteAsync(session => session.ExecuteAsync(InsertUser, ("name", "before")), Ct).AsTask();
        var failing = database.WriteAsync<int>(
            async session =>
            {
                await session.ExecuteAsync(InsertUser, ("name", "half"));
                throw new ConflictException("test.conflict", "No.");
            },
            Ct).AsTask();
        var breaking = database.WriteAsync(session => session.ExecuteAsync(InsertUser, ("name", "before")), Ct).AsTask();
        var after = database.WriteAsync(session => session.ExecuteAsync(InsertUser, ("name", "after")), Ct).AsTask();
        await Task.WhenAll(before, after);

        Assert.Equal("test.conflict", (await Assert.ThrowsAsync<ConflictException>(() => failing)).Code);
        Assert.Equal("storage.refused", (await Assert.ThrowsAsync<WegentException>(() => breaking)).Code);
        Assert.Equal(["after", "before"], await _rented.QueryAsync("SELECT user_name FROM users ORDER BY user_name"));
    }

    [Fact]
    public async Task What_the_server_does_not_take_in_one_statement_is_refused_alone_and_says_what_to_do()
    {
        await using var database = _rented.Open();
        var tasks = new SqlTaskStore(database);
        var limit = int.Parse((await _rented.QueryAsync("SELECT @@max_allowed_packet"))[0]);

        var after = tasks.CreateAsync(SqliteWriterTests.Request(), Ct);
        var error = await Assert.ThrowsAsync<WegentException>(async () => await tasks.CreateAsync(SqliteWriterTests.Request() with { Prompt = new('x', limit) }, Ct));

        Assert.Equal("storage.too_large", error.Code);
        Assert.Contains("max_allowed_packet", error.Message, StringComparison.Ordinal);
        Assert.True((await after).Created);
        Assert.True((await tasks.CreateAsync(SqliteWriterTests.Request() with { Prompt = new('x', 10_000_000) }, Ct)).Created);
    }

    [Fact]
    public async Task The_servers_time_zone_and_mode_do_not_matter()
    {
        await _rented.QueryAsync("SET GLOBAL time_zone = '+05:30'; SET GLOBAL sql_mode = ''");
        try
        {
            var now = new DateTimeOffset(2026, 3, 29, 2, 30, 0, 123, 456, TimeSpan.FromHours(2)); // an hour that some places do not have
            await using var database = _rented.Open(new Microsoft.Extensions.Time.Testing.FakeTimeProvider(now));
            var user = await new SqlUserStore(database).CreateAsync(new("\U0001F680 \u4f60", "user", null), Ct);

            Assert.Equal(now, (await new SqlUserStore(database).FindAsync(user.Id, Ct))?.CreatedAt);
            Assert.Equal([$"{StoreMicroseconds(now)}"], await _rented.QueryAsync("SELECT created_at FROM users"));
            var error = await Assert.ThrowsAsync<WegentException>(async () => await database.WriteAsync(session => session.ExecuteAsync(InsertUser, ("name", new string('x', 65))), Ct));
            Assert.Equal("storage.refused", error.Code); // cut short it would be another name
        }
        finally
        {
            await _rented.QueryAsync("SET GLOBAL time_zone = 'SYSTEM'; SET GLOBAL sql_mode = DEFAULT");
        }
    }

    private static long StoreMicroseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
