using System.Net;
using StackExchange.Redis;

namespace Wegent.Runtime.Messaging.Redis;

/// <summary>Connection strings of Redis, read without showing a password.</summary>
internal static class RedisAddress
{
    /// <summary>What is wrong with a connection string, without its values; null when nothing is.</summary>
    public static string? FindFault(string connectionString)
    {
        try
        {
            return ConfigurationOptions.Parse(connectionString).EndPoints.Count > 0 ? null : "it names no server.";
        }
        catch (ArgumentException error)
        {
            return error.ParamName is { Length: > 0 } option ? $"option '{option}' is unknown or has a wrong value." : "it cannot be read.";
        }
    }

    /// <summary>The servers of a connection string, and nothing else of it.</summary>
    public static string ServersOf(string connectionString) => string.Join(
        ", ",
        ConfigurationOptions.Parse(connectionString).EndPoints.Select(static server => server is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : server.ToString()));
}
