using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Wegent.Runtime.Storage.Sql;
using Wegent.Runtime.Storage.Sql.Sqlite;
using Wegent.TestKit.Storage;

namespace Wegent.Runtime.Tests.Storage.Sql.Sqlite;

/// <summary>A database file of one test, in a folder of its own that goes with it.</summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wegent-sqlite-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "test.db");

    public SqlDatabase Open(TimeProvider? clock = null, SqliteOptions? options = null)
    {
        options ??= new();
        options.Path = Path;
        return new(new SqliteDialect(options), options.MaxPoolSize, clock ?? TimeProvider.System, NullLogger.Instance);
    }

    /// <summary>Looks into the file past the stores.</summary>
    public List<string> Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i))));
        return rows;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>The stores of a new file, as a contract suite wants them.</summary>
    public static async ValueTask<TestStores> OpenStoresAsync(TimeProvider clock) => (await OpenHostsAsync(clock, 1))[0];

    /// <summary>The stores of several hosts of one new file; the first one's disposal ends them all.</summary>
    public static ValueTask<IReadOnlyList<TestStores>> OpenHostsAsync(TimeProvider clock, int count)
    {
        var file = new SqliteFile();
        var databases = Enumerable.Range(0, count).Select(_ => file.Open(clock)).ToList();
        var stores = databases.ConvertAll(StoresOf);
        stores[0] = stores[0] with
        {
            OnDispose = async () =>
            {
                foreach (var database in databases)
                    await database.DisposeAsync();
                file.Dispose();
            },
        };
        return new(stores);
    }

    public static TestStores StoresOf(SqlDatabase database) => new(
        new SqlResourceStore(database),
        new SqlTaskStore(database),
        new SqlRunStore(database),
        new SqlPortLeaseStore(database),
        new SqlUserStore(database),
        new SqlSecretStore(database));
}
