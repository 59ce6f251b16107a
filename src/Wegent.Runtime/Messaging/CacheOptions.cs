using Microsoft.Extensions.Options;

namespace Wegent.Runtime.Messaging;

/// <summary>What carries hints between hosts.</summary>
public enum CacheProvider
{
    /// <summary>This process's memory: for one host.</summary>
    InMemory,

    /// <summary>A Redis server, for several hosts on one store.</summary>
    Redis,
}

/// <summary>What several hosts share besides the store. Nothing depends on it: without it hosts look at the store every second. Section <c>Wegent:Cache</c>.</summary>
public sealed class CacheOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Wegent:Cache";

    /// <summary>Which one. Default <see cref="CacheProvider.InMemory"/>.</summary>
    public CacheProvider Provider { get; set; } = CacheProvider.InMemory;

    /// <summary>Connection string of the Redis server, such as <c>redis:6379,password=…</c>; needed with <see cref="CacheProvider.Redis"/>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>First part of every channel's name, so that several systems can share a server. Default <c>wegent</c>.</summary>
    public string Prefix { get; set; } = "wegent";

    /// <summary>The servers that <see cref="ConnectionString"/> names, without its other parts; null when it is not set.</summary>
    public string? Servers => string.IsNullOrWhiteSpace(ConnectionString) ? null : Redis.RedisAddress.ServersOf(ConnectionString);
}

internal sealed class CacheOptionsRules : IValidateOptions<CacheOptions>
{
    public ValidateOptionsResult Validate(string? name, CacheOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.Prefix is not { Length: > 0 and <= 100 })
            result.AddError($"{CacheOptions.Section}:{nameof(options.Prefix)} has {options.Prefix?.Length ?? 0} characters; it may have 1 to 100.");
        if (options.Provider == CacheProvider.Redis)
        {
            if (string.IsNullOrWhiteSpace(options.ConnectionString))
                result.AddError($"{CacheOptions.Section}:{nameof(options.ConnectionString)} is missing; with {nameof(options.Provider)} {CacheProvider.Redis} it names the server, for instance 127.0.0.1:6379.");
            else if (Redis.RedisAddress.FindFault(options.ConnectionString) is { } fault)
                result.AddError($"{CacheOptions.Section}:{nameof(options.ConnectionString)} is none for Redis: {fault} Write for instance: 127.0.0.1:6379,password=…");
        }

        return result.Build();
    }
}
