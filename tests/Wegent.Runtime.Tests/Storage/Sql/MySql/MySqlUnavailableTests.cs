using MySqlConnector;
using Wegent.Runtime.Storage.Sql;
using Wegent.Runtime.Tests.Storage.Sql.Sqlite;

namespace Wegent.Runtime.Tests.Storage.Sql.MySql;

/// <summary>A server that cannot be used: the error says why and what to do, and never the password.</summary>
public sealed class MySqlUnavailableTests : IAsyncLifetime
{
    private const string Password = "canary-4711";

    private MySqlTestDatabase _rented = null!; // set before any test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rented = await MySqlTestDatabase.RentAsync();

    public ValueTask DisposeAsync() => _rented.DisposeAsync();

    [Fact]
    public async Task A_server_that_is_not_there_is_named_with_its_port() =>
        await FailsAsync(static settings => settings.Port = 1, ":1 is away", "this machine reaches it");

    [Fact]
    public async Task A_user_that_the_server_does_not_know_is_said() =>
        await FailsAsync(static settings => settings.UserID = "nobody", "refuses the user or the password");

    [Fact]
    public async Task A_database_that_is_not_there_is_said() =>
        await FailsAsync(static settings => (settings.Database, settings.Password) = ("no_such_database", ""), "no_such_database at", "does not exist", "CREATE DATABASE");

    [Fact]
    public async Task A_user_without_rights_is_said()
    {
        await _rented.QueryAsync($"CREATE USER 'weak'@'127.0.0.1' IDENTIFIED BY '{Password}'");
        try
        {
            await FailsAsync(static settings => settings.UserID = "weak", "is closed to this user", "Grant");
            await _rented.QueryAsync($"GRANT SELECT ON {_rented.Name}.* TO 'weak'@'127.0.0.1'");
            await FailsAsync(static settings => settings.UserID = "weak", "lacks a right", "Grant");
        }
        finally
        {
            await _rented.QueryAsync("DROP USER 'weak'@'127.0.0.1'");
        }
    }

    [Fact]
    public async Task A_user_with_too_many_connections_is_said_and_goes_on_later()
    {
        await _rented.QueryAsync($"CREATE USER 'few'@'127.0.0.1' IDENTIFIED BY '{Password}' WITH MAX_USER_CONNECTIONS 1; GRANT ALL ON {_rented.Name}.* TO 'few'@'127.0.0.1'");
        try
        {
            var settings = new MySqlConnectionStringBuilder(_rented.ConnectionString) { UserID = "few", Password = Password, Pooling = false };
            await using var database = _rented.Open(connectionString: settings.ConnectionString);
            var users = new SqlUserStore(database);
            await database.OpenAsync(Ct);
            await using (var other = new MySqlConnection(settings.ConnectionString))
            {
                await other.OpenAsync(Ct);
                AssertSays(await Assert.ThrowsAsync<UnavailableException>(async () => await users.ListAsync(Ct)), "too many connections", "MaxPoolSize");
            }

            Assert.Empty(await users.ListAsync(Ct));
        }
        finally
        {
            await _rented.QueryAsync("DROP USER 'few'@'127.0.0.1'");
        }
    }

    [Fact]
    public async Task A_server_that_takes_no_writes_is_said_while_reads_go_on()
    {
        await _rented.QueryAsync($"CREATE USER 'plain'@'127.0.0.1' IDENTIFIED BY '{Password}'; GRANT ALL ON {_rented.Name}.* TO 'plain'@'127.0.0.1'");
        var settings = new MySqlConnectionStringBuilder(_rented.ConnectionString) { UserID = "plain", Password = Password };
        await using var database = _rented.Open(connectionString: settings.ConnectionString);
        var tasks = new SqlTaskStore(database);
        await database.OpenAsync(Ct);
        await _rented.QueryAsync($"REVOKE ALL ON {_rented.Name}.* FROM 'plain'@'127.0.0.1'; GRANT SELECT ON {_rented.Name}.* TO 'plain'@'127.0.0.1'");
        try
        {
            AssertSays(await Assert.ThrowsAsync<UnavailableException>(async () => await tasks.CreateAsync(SqliteWriterTests.Request(), Ct)), "lacks a right");
            Assert.Empty(await tasks.ListAsync(new(), Ct));
        }
        finally
        {
            await _rented.QueryAsync("DROP USER 'plain'@'127.0.0.1'");
        }
    }

    private async Task FailsAsync(Action<MySqlConnectionStringBuilder> change, params string[] words)
    {
        var settings = new MySqlConnectionStringBuilder(_rented.ConnectionString) { Password = Password, ConnectionTimeout = 5 };
        change(settings);
        await using var database = _rented.Open(connectionString: settings.ConnectionString);

        AssertSays(await Assert.ThrowsAsync<UnavailableException>(async () => await database.OpenAsync(Ct)), words);
    }

    private static void AssertSays(WegentException error, params string[] words)
    {
        Assert.Equal("storage.unavailable", error.Code);
        Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(Password, error.ToString(), StringComparison.Ordinal); // with its causes
    }
}
