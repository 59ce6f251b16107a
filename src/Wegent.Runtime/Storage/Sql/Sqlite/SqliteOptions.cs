using Microsoft.Data.Sqlite;

namespace Wegent.Runtime.Storage.Sql.Sqlite;

/// <summary>Where the SQLite file is, and how it is used.</summary>
internal sealed class SqliteOptions
{
    /// <summary>Path of the database file; its folder is made when it is missing. Default <c>wegent.db</c> in the current folder.</summary>
    public string Path { get; set; } = "wegent.db";

    /// <summary>How many connections may read at once. Default 20, 1 to 100. One more writes.</summary>
    public int MaxPoolSize { get; set; } = 20;

    /// <summary>How long to wait for another process that holds the file. Default 5 s, 0 s to 1 min.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many pages of 4 KiB the file may have; null means as many as fit. Writes beyond fail as they do on a full disk.</summary>
    internal int? MaxPages { get; set; }

    /// <summary>What is wrong with a connection string; null when nothing is.</summary>
    public static string? ProblemOf(string? connectionString)
    {
        try
        {
            From(connectionString, "");
            return null;
        }
        catch (WegentException error)
        {
            return error.Message;
        }
    }

    /// <summary>Reads a connection string, of which only the file and the timeout count: the rest is settled here.</summary>
    /// <param name="connectionString">Such as <c>Data Source=/var/lib/wegent/wegent.db</c>; null means <c>wegent.db</c> in the data directory.</param>
    /// <param name="dataDirectory">The data directory.</param>
    public static SqliteOptions From(string? connectionString, string dataDirectory)
    {
        var path = System.IO.Path.Combine(dataDirectory, "wegent.db");
        if (connectionString is null)
            return new SqliteOptions { Path = path };

        try
        {
            var parsed = new SqliteConnectionStringBuilder(connectionString);
            return new SqliteOptions { Path = parsed.DataSource is { Length: > 0 } file ? file : path };
        }
        catch (ArgumentException error)
        {
            throw new WegentException("storage.bad_connection_string", $"{StorageOptions.Section}:ConnectionString is not one for SQLite: {error.Message} Write for instance: Data Source=/var/lib/wegent/wegent.db", error);
        }
    }
}
