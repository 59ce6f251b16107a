using System.Net;

namespace Wegent.Hosting;

/// <summary>Where the host listens, and what it takes from one caller. Section <c>Wegent</c>.</summary>
internal sealed class ServerOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Wegent";

    /// <summary>Where it listens when nothing is set.</summary>
    public const string DefaultUrl = "http://127.0.0.1:8000";

    /// <summary>Addresses to listen on, separated by <c>;</c>. Default <see cref="DefaultUrl"/>.</summary>
    public string Urls { get; set; } = DefaultUrl;

    /// <summary>What it takes from one caller.</summary>
    public ServerLimits Limits { get; set; } = new();

    /// <summary>The addresses, one by one.</summary>
    public string[] UrlList => Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>An address that other machines can reach, or null when all are loopback.</summary>
    public string? FindPublicUrl() => UrlList.FirstOrDefault(static url => !IsLoopback(url));

    private static bool IsLoopback(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var parsed)
        && (parsed.Host == "localhost" || (IPAddress.TryParse(parsed.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));
}
