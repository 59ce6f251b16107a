namespace Wegent.Runtime.Storage.Sql.Sqlite;

/// <summary>Where the SQLite file is, and how it is used.</summary>
public sealed class SqliteOptions
{
    /// <summary>Path of the database file; its folder is made when it is missing. Default <c>wegent.db</c> in the current folder.</summary>
    public string Path { get; set; } = "wegent.db";

    /// <summary>How many connections may read at once. Default 20, 1 to 100. One more writes.</summary>
    public int MaxPoolSize { get; set; } = 20;

    /// <summary>How long to wait for another process that holds the file. Default 5 s, 0 s to 1 min.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many pages of 4 KiB the file may have; null means as many as fit. Writes beyond fail as they do on a full disk.</summary>
    internal int? MaxPages { get; set; }
}
