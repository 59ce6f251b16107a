using Wegent.Runtime.Storage.Sql;

namespace Wegent.Runtime.Tests.Storage.Sql.Sqlite;

/// <summary>A file that cannot be used: the error says so, and the store works again when the cause is gone.</summary>
public sealed class SqliteUnavailableTests : IDisposable
{
    private readonly SqliteFile _file = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_full_disk_fails_the_write_and_keeps_what_was_there()
    {
        long kept;
        await using (var full = _file.Open(options: new() { MaxPages = 80 }))
        {
            var tasks = new SqlTaskStore(full);
            kept = (await tasks.CreateAsync(SqliteWriterTests.Request(), Ct)).Id;

            var error = await Assert.ThrowsAsync<UnavailableException>(async () => await tasks.CreateAsync(SqliteWriterTests.Request() with { Prompt = new('x', 1_000_000) }, Ct));

            Assert.Equal("storage.unavailable", error.Code);
            Assert.Contains("full", error.Message, StringComparison.Ordinal);
            Assert.NotNull(await tasks.FindAsync(kept, Ct));
            Assert.True((await tasks.CreateAsync(SqliteWriterTests.Request(), Ct)).Created); // a small one still fits
        }

        await using var again = _file.Open();
        Assert.True((await new SqlTaskStore(again).CreateAsync(SqliteWriterTests.Request() with { Prompt = new('x', 1_000_000) }, Ct)).Created);
        Assert.NotNull(await new SqlTaskStore(again).FindAsync(kept, Ct));
        Assert.Equal(["ok"], _file.Query("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task A_file_that_another_process_holds_is_said_to_be_held_and_works_when_it_is_let_go()
    {
        await using var database = _file.Open(options: new() { BusyTimeout = TimeSpan.Zero });
        var tasks = new SqlTaskStore(database);
        await tasks.CreateAsync(SqliteWriterTests.Request(), Ct);
        await using var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_file.Path};Pooling=False");
        await other.OpenAsync(Ct);
        await ExecuteAsync("BEGIN IMMEDIATE");

        var error = await Assert.ThrowsAsync<UnavailableException>(async () => await tasks.CreateAsync(SqliteWriterTests.Request(), Ct));
        var readable = await tasks.ListAsync(new(), Ct);
        await ExecuteAsync("ROLLBACK");

        Assert.Equal("storage.unavailable", error.Code);
        Assert.Contains("held by another process", error.Message, StringComparison.Ordinal);
        Assert.Single(readable);
        Assert.True((await tasks.CreateAsync(SqliteWriterTests.Request(), Ct)).Created);

        async Task ExecuteAsync(string sql)
        {
            await using var command = other.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync(Ct);
        }
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_alone()
    {
        var content = new byte[10_000];
        Array.Fill(content, (byte)'x');
        await File.WriteAllBytesAsync(_file.Path, content, Ct);
        await using var database = _file.Open();

        var error = await Assert.ThrowsAsync<UnavailableException>(async () => await new SqlTaskStore(database).FindAsync(1, Ct));

        Assert.Equal("storage.unavailable", error.Code);
        Assert.Contains("not a SQLite database", error.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllBytesAsync(_file.Path, Ct));
    }

    [Fact]
    public async Task A_path_that_cannot_be_opened_is_named()
    {
        Directory.CreateDirectory(_file.Path);
        await using var database = _file.Open();

        var error = await Assert.ThrowsAsync<UnavailableException>(async () => await database.OpenAsync(Ct));

        Assert.Contains(_file.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        await File.WriteAllTextAsync(_file.Path, "", Ct);
        await using var database = new SqlDatabase(
            new Runtime.Storage.Sql.Sqlite.SqliteDialect(new() { Path = Path.Combine(_file.Path, "below", "a.db") }), 1, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

        var error = await Assert.ThrowsAsync<UnavailableException>(async () => await database.OpenAsync(Ct));

        Assert.Equal("storage.unavailable", error.Code);
    }
}
