using Wegent.Runtime.Storage;
using Wegent.Runtime.Storage.Sql;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Runtime.Tests.Storage.Sql.Sqlite;

/// <summary>The one writer: what it puts into a commit, what a failure takes along, and how it ends.</summary>
public sealed class SqliteWriterTests : IAsyncLifetime
{
    private const string InsertUser = "INSERT INTO users (user_name, name_key, role, is_active, token_version, created_at, updated_at) VALUES (@name, @name, 'user', 1, 0, 0, 0)";

    private readonly SqliteFile _file = new();
    private readonly SqlDatabase _database;

    public SqliteWriterTests() => _database = _file.Open();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _database.OpenAsync(Ct);

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _file.Dispose();
    }

    [Fact]
    public async Task Writes_that_wait_share_a_commit()
    {
        using var gate = new ManualResetEventSlim();
        var first = HoldAsync(gate);

        var writes = Enumerable.Range(0, 999).Select(i => InsertAsync($"u{i}")).ToList();
        gate.Set();
        await Task.WhenAll([first, .. writes]);

        Assert.Equal(1 + 4, _database.Commits); // the first alone, then 256 at a time
        Assert.Equal("999", _file.Query("SELECT COUNT(*) FROM users").Single());
    }

    [Fact]
    public async Task A_write_that_fails_takes_nothing_of_its_batch_along_and_leaves_nothing_behind()
    {
        using var gate = new ManualResetEventSlim();
        var first = HoldAsync(gate);
        var before = InsertAsync("before");
        var failing = _database.WriteAsync<int>(
            async session =>
            {
                await session.ExecuteAsync(InsertUser, ("name", "half"));
                throw new ConflictException("test.conflict", "No.");
            },
            Ct).AsTask();
        var breaking = InsertAsync("before"); // breaks the unique index
        var after = InsertAsync("after");

        gate.Set();
        await Task.WhenAll(first, before, after);

        Assert.Equal("test.conflict", (await Assert.ThrowsAsync<ConflictException>(() => failing)).Code);
        Assert.Equal("storage.refused", (await Assert.ThrowsAsync<WegentException>(() => breaking)).Code);
        Assert.Equal(["after", "before"], _file.Query("SELECT user_name FROM users ORDER BY user_name"));
        Assert.Equal(2, _database.Commits);
    }

    [Fact]
    public async Task A_write_that_is_cancelled_before_its_turn_is_not_made()
    {
        using var gate = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        var first = HoldAsync(gate);
        var cancelled = _database.WriteAsync(session => session.ExecuteAsync(InsertUser, ("name", "cancelled")), cancel.Token).AsTask();
        var after = InsertAsync("after");

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        gate.Set();
        await Task.WhenAll(first, after);

        Assert.Equal(["after"], _file.Query("SELECT user_name FROM users"));
    }

    [Fact]
    public async Task A_cancel_after_its_turn_came_has_no_effect()
    {
        using var gate = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var write = _database.WriteAsync(
            session =>
            {
                started.TrySetResult();
                gate.Wait(CancellationToken.None);
                return session.ExecuteAsync(InsertUser, ("name", "kept"));
            },
            cancel.Token).AsTask();
        await started.Task;

        await cancel.CancelAsync();
        gate.Set();

        Assert.Equal(1, await write);
        Assert.Equal(["kept"], _file.Query("SELECT user_name FROM users"));
    }

    [Fact]
    public async Task Closing_ends_what_was_accepted_and_accepts_no_more()
    {
        using var gate = new ManualResetEventSlim();
        var first = HoldAsync(gate);
        var writes = Enumerable.Range(0, 300).Select(i => InsertAsync($"u{i}")).ToList();

        var closing = _database.DisposeAsync().AsTask();
        gate.Set();
        await Task.WhenAll([first, .. writes, closing]);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => InsertAsync("late"));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await new SqlUserStore(_database).ListAsync(Ct));
        Assert.Equal("300", _file.Query("SELECT COUNT(*) FROM users").Single());
        Assert.False(File.Exists(_file.Path + "-wal"), "the write-ahead log was not folded into the file");
    }

    [Fact]
    public async Task Readers_see_what_was_committed_while_a_write_is_under_way()
    {
        await InsertAsync("before");
        using var gate = new ManualResetEventSlim();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var write = _database.WriteAsync(
            async session =>
            {
                await session.ExecuteAsync(InsertUser, ("name", "under way"));
                started.TrySetResult();
                gate.Wait(CancellationToken.None);
                return true;
            },
            Ct).AsTask();
        await started.Task;

        var users = await new SqlUserStore(_database).ListAsync(Ct);
        gate.Set();
        await write;

        Assert.Equal("before", Assert.Single(users).UserName);
        Assert.Equal(2, (await new SqlUserStore(_database).ListAsync(Ct)).Count);
    }

    [Fact]
    public async Task Tasks_at_once_ride_together()
    {
        var tasks = new SqlTaskStore(_database);
        using var gate = new ManualResetEventSlim();
        var first = HoldAsync(gate);
        var created = Enumerable.Range(0, 200).Select(_ => tasks.CreateAsync(Request(), Ct).AsTask()).ToList();

        gate.Set();
        await Task.WhenAll(created);
        await first;

        Assert.Equal(2, _database.Commits);
        Assert.Equal(200, created.Select(static task => task.Result.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_task_that_changed_meanwhile_is_not_overwritten()
    {
        var tasks = new SqlTaskStore(_database);
        var id = (await tasks.CreateAsync(Request(), Ct)).Id;
        var before = await _database.ReadAsync(session => new SqlTaskRows(session, _database).ReadAsync(id), Ct);
        await tasks.MoveAsync(new(id, TaskTrigger.CancelRequested), Ct);

        foreach (var after in new[] { before! with { LastMessageId = 9 }, TaskTransitions.Apply(before, TaskTrigger.Claimed, DateTimeOffset.UnixEpoch)! with { LeaseUntil = DateTimeOffset.UnixEpoch } })
        {
            var refused = await Assert.ThrowsAsync<ConflictException>(async () => await _database.WriteAsync(
                async session =>
                {
                    await new SqlTaskRows(session, _database).UpdateAsync(before!, after);
                    return true;
                },
                Ct));
            Assert.Equal("task.conflict", refused.Code);
        }

        Assert.Equal(TaskState.Cancelled, (await tasks.FindAsync(id, Ct))?.Status);
    }

    internal static NewTask Request() => new()
    {
        Owner = "ada",
        Namespace = "default",
        Title = "t",
        Prompt = "p",
        Plan = new() { TeamNamespace = "default", TeamName = "team", CollaborationModel = "solo", Members = [] },
    };

    /// <summary>A write that holds the writer until the gate opens, alone in its commit.</summary>
    private Task<bool> HoldAsync(ManualResetEventSlim gate)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = _database.WriteAsync(
            _ =>
            {
                started.TrySetResult();
                gate.Wait(CancellationToken.None);
                return new ValueTask<bool>(true);
            },
            Ct).AsTask();
        started.Task.Wait(Ct);
        return held;
    }

    private Task<int> InsertAsync(string name) => _database.WriteAsync(session => session.ExecuteAsync(InsertUser, ("name", name)), Ct).AsTask();
}
