using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using Wegent.Runtime.Storage.Sql;
using Wegent.Runtime.Storage.Sql.MySql;
using Wegent.Runtime.Tests.Storage.Sql.MySql;
using Wegent.TestKit;
using Wegent.TestKit.Storage;

[assembly: AssemblyFixture(typeof(MySqlTestDatabases))]

namespace Wegent.Runtime.Tests.Storage.Sql.MySql;

/// <summary>A database of one test on the test server; empty, with or without the schema, and gone afterwards or emptied for the next test.</summary>
internal sealed class MySqlTestDatabase : IAsyncDisposable
{
    private static readonly ConcurrentBag<string> s_made = [];
    private readonly string _name;
    private readonly bool _isKept;

    private MySqlTestDatabase(string name, bool isKept)
    {
        _name = name;
        _isKept = isKept;
    }

    public string Name => _name;

    /// <summary>The test server, as its superuser.</summary>
    public static string Server => new MySqlConnectionStringBuilder(TestServices.MySql) { Pooling = false, AllowUserVariables = true }.ConnectionString;

    public string ConnectionString => new MySqlConnectionStringBuilder(TestServices.MySql) { Database = _name }.ConnectionString;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A database without tables.</summary>
    public static async Task<MySqlTestDatabase> CreateAsync()
    {
        var name = $"wegent_test_{Guid.CreateVersion7():N}";
        await QueryAsync(Server, $"CREATE DATABASE {name} CHARACTER SET utf8mb4");
        return new(name, isKept: false);
    }

    /// <summary>A database with empty tables: made, or left by a test before, since making twenty tables takes long.</summary>
    public static async Task<MySqlTestDatabase> RentAsync()
    {
        if (s_made.TryTake(out var known))
            return new(known, isKept: true);

        var made = await CreateAsync();
        await using (var database = made.Open())
            await database.OpenAsync(Ct);
        return new(made._name, isKept: true);
    }

    /// <summary>Drops what tests left for others.</summary>
    public static async Task DropAllAsync()
    {
        while (s_made.TryTake(out var name))
            await QueryAsync(Server, $"DROP DATABASE {name}");
    }

    public MySqlDialect Dialect(string? connectionString = null, TimeSpan? lockWait = null) => new(OptionsOf(connectionString, lockWait));

    public SqlDatabase Open(TimeProvider? clock = null, string? connectionString = null, TimeSpan? lockWait = null, int readers = 8, ILogger? logger = null) =>
        new(Dialect(connectionString, lockWait), readers, clock ?? TimeProvider.System, logger ?? NullLogger.Instance);

    /// <summary>Looks into the database past the stores.</summary>
    public Task<List<string>> QueryAsync(string sql) => QueryAsync(ConnectionString + ";Pooling=false", sql);

    public async ValueTask DisposeAsync()
    {
        if (!_isKept)
        {
            await QueryAsync(Server, $"DROP DATABASE {_name}");
            return;
        }

        var tables = await QueryAsync("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name NOT IN ('schema_migrations', 'store_info', 'store_locks')");
        await QueryAsync("SET FOREIGN_KEY_CHECKS = 0; UPDATE store_info SET resource_version = 0, log_oldest = 0; "
            + string.Concat(tables.Select(static table => $"DELETE FROM {table}; "))
            + "ALTER TABLE tasks AUTO_INCREMENT = 1; ALTER TABLE subtasks AUTO_INCREMENT = 1; ALTER TABLE users AUTO_INCREMENT = 1");
        s_made.Add(_name);
    }

    /// <summary>The stores of an empty database, as a contract suite wants them.</summary>
    public static async ValueTask<TestStores> OpenStoresAsync(TimeProvider clock) => (await OpenHostsAsync(clock, 1))[0];

    /// <summary>The stores of several hosts of one empty database; the first one's disposal ends them all.</summary>
    public static async ValueTask<IReadOnlyList<TestStores>> OpenHostsAsync(TimeProvider clock, int count)
    {
        var rented = await RentAsync();
        var databases = Enumerable.Range(0, count).Select(_ => rented.Open(clock)).ToList();
        var stores = databases.ConvertAll(Sqlite.SqliteFile.StoresOf);
        stores[0] = stores[0] with
        {
            OnDispose = async () =>
            {
                foreach (var database in databases)
                    await database.DisposeAsync();
                await rented.DisposeAsync();
            },
        };
        return stores;
    }

    private static async Task<List<string>> QueryAsync(string connectionString, string sql)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        var rows = new List<string>();
        while (await reader.ReadAsync(CancellationToken.None))
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i))));
        return rows;
    }

    private MySqlOptions OptionsOf(string? connectionString, TimeSpan? lockWait)
    {
        var options = MySqlOptions.From(connectionString ?? ConnectionString);
        options.LockWait = lockWait ?? options.LockWait;
        return options;
    }
}

/// <summary>Drops the databases at the end of the run.</summary>
public sealed class MySqlTestDatabases : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await MySqlTestDatabase.DropAllAsync();
}
