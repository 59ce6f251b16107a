using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using Wegent.Runtime.Storage;
using Wegent.Runtime.Storage.Sql;
using Wegent.Runtime.Tests.Storage.Sql.Sqlite;

namespace Wegent.Runtime.Tests.Storage.Sql.MySql;

/// <summary>Reads that may lag go to a copy of the database; all others never do.</summary>
public sealed class MySqlCopyTests : IAsyncLifetime
{
    private MySqlTestDatabase _rented = null!; // set before any test
    private MySqlTestDatabase _copy = null!; // likewise

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => (_rented, _copy) = (await MySqlTestDatabase.RentAsync(), await MySqlTestDatabase.RentAsync());

    public async ValueTask DisposeAsync()
    {
        await _rented.DisposeAsync();
        await _copy.DisposeAsync();
    }

    [Fact]
    public async Task Lists_that_may_lag_are_read_from_the_copy_and_others_are_not()
    {
        await using var database = Open(_copy.ConnectionString);
        await using var behind = _copy.Open();
        var tasks = new SqlTaskStore(database);
        await new SqlTaskStore(behind).CreateAsync(SqliteWriterTests.Request() with { Name = "old" }, Ct);
        await tasks.CreateAsync(SqliteWriterTests.Request() with { Name = "new" }, Ct);

        Assert.Equal("old", Assert.Single(await tasks.ListAsync(new() { MayLag = true }, Ct)).Name);
        Assert.Equal("new", Assert.Single(await tasks.ListAsync(new(), Ct)).Name);
    }

    [Theory]
    [InlineData("no_such_database", null)]
    [InlineData("mysql", null)] // it has no such table
    [InlineData(null, 1u)]
    public async Task When_the_copy_cannot_answer_the_database_does(string? name, uint? port)
    {
        var settings = new MySqlConnectionStringBuilder(_copy.ConnectionString);
        settings.Database = name ?? settings.Database;
        settings.Port = port ?? settings.Port;
        await using var database = Open(settings.ConnectionString);
        var tasks = new SqlTaskStore(database);
        await tasks.CreateAsync(SqliteWriterTests.Request() with { Name = "new" }, Ct);

        Assert.Equal("new", Assert.Single(await tasks.ListAsync(new() { MayLag = true }, Ct)).Name);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite, "Server=db;Database=w", "only MySql has copies")]
    [InlineData(StorageProvider.MySql, "Server=db", "Wegent:Storage:ReadConnectionString names no database")]
    [InlineData(StorageProvider.MySql, "Server=db;Database=w", null)]
    public void A_connection_string_of_a_copy_is_checked_at_the_start(StorageProvider provider, string text, string? problem)
    {
        var options = new StorageOptions { Provider = provider, ConnectionString = provider == StorageProvider.MySql ? "Server=db;Database=w" : null, ReadConnectionString = text };

        var result = new StorageOptionsRules().Validate(null, options);

        Assert.Equal(problem is null, result.Succeeded);
        if (problem is not null)
            Assert.Contains(problem, Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    private SqlDatabase Open(string copy) => new(_rented.Dialect(), 2, TimeProvider.System, NullLogger.Instance, _rented.Dialect(copy));
}
