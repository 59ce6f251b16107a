using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Wegent.Runtime.Storage;

/// <summary>Where resources and tasks are kept.</summary>
public enum StorageProvider
{
    /// <summary>A file in the data directory.</summary>
    Sqlite,

    /// <summary>This process's memory: for tests and throwaway use.</summary>
    InMemory,
}

/// <summary>Where resources and tasks are kept. Section <c>Wegent:Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Wegent:Storage";

    /// <summary>Which store. Default <see cref="StorageProvider.Sqlite"/>.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.Sqlite;

    /// <summary>Connection string, or null for <c>{DataDirectory}/wegent.db</c>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Connections at most. Default 20, 1 to 1,000.</summary>
    [Range(1, 1000)]
    public int MaxPoolSize { get; set; } = 20;
}

[OptionsValidator]
internal sealed partial class StorageOptionsAnnotations : IValidateOptions<StorageOptions>;
