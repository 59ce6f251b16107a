using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Wegent.Runtime.Storage.Sql.MySql;
using Wegent.Runtime.Storage.Sql.Sqlite;

namespace Wegent.Runtime.Storage;

/// <summary>Where resources and tasks are kept.</summary>
public enum StorageProvider
{
    /// <summary>A file in the data directory.</summary>
    Sqlite,

    /// <summary>This process's memory: for tests and throwaway use.</summary>
    InMemory,

    /// <summary>A MySQL 8 or MariaDB 10.6 database, or a newer one, which several hosts can share.</summary>
    MySql,
}

/// <summary>Where resources and tasks are kept. Section <c>Wegent:Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Wegent:Storage";

    /// <summary>Which store. Default <see cref="StorageProvider.Sqlite"/>.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.Sqlite;

    /// <summary>
    /// Connection string. For SQLite <c>Data Source=FILE</c>, or null for <c>{DataDirectory}/wegent.db</c>; for MySQL it must name the
    /// server and the database, such as <c>Server=db.example.com;Database=wegent;User ID=wegent;Password=...</c>.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// Connection string of a copy of the MySQL database that follows it, for lists of tasks that may lag behind by moments; null, the
    /// default, when there is none. When the copy does not answer, the database does.
    /// </summary>
    public string? ReadConnectionString { get; set; }

    /// <summary>Connections of this host at most. Default 20, 1 to 1,000; one of them writes, and at least one reads.</summary>
    [Range(1, 1000)]
    public int MaxPoolSize { get; set; } = 20;

    /// <summary>Where the data is, in words for people; no credentials.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    public string Describe(string dataDirectory) => Provider switch
    {
        StorageProvider.InMemory => "in memory: everything is gone when the host stops",
        StorageProvider.MySql => $"MySQL, {MySqlOptions.From(ConnectionString).Place}",
        _ => $"SQLite, {Path.GetFullPath(SqliteOptions.From(ConnectionString, dataDirectory).Path)}",
    };
}

[OptionsValidator]
internal sealed partial class StorageOptionsAnnotations : IValidateOptions<StorageOptions>;
