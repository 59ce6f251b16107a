using System.Net;

namespace Wegent.Runtime.Sandboxes.Docker;

/// <summary>Where the engine is.</summary>
internal static class DockerEndpoint
{
    /// <summary>The configured address, else <c>DOCKER_HOST</c>, else where the platform's engine listens.</summary>
    /// <exception cref="FormatException">The address is none, or not one of this machine; the message says why.</exception>
    public static Uri Resolve(Uri? configured, string? dockerHost)
    {
        if (configured is not null)
            return Checked(configured, "Wegent:Docker:Endpoint");
        if (!string.IsNullOrEmpty(dockerHost))
        {
            return Uri.TryCreate(dockerHost, UriKind.Absolute, out var endpoint)
                ? Checked(endpoint, "DOCKER_HOST")
                : throw new FormatException($"DOCKER_HOST is '{dockerHost}', which is no address such as unix:///var/run/docker.sock");
        }

        return new Uri(OperatingSystem.IsWindows() ? "npipe://./pipe/docker_engine" : "unix:///var/run/docker.sock");
    }

    /// <summary>What is wrong with an address, or null.</summary>
    public static string? Problem(Uri endpoint) => endpoint switch
    {
        { IsAbsoluteUri: false } => $"'{endpoint}' is no address such as unix:///var/run/docker.sock.",
        { Scheme: "unix" or "npipe" } => null,
        { Scheme: "tcp" or "http" or "https" } when IsLoopback(endpoint.Host) => null,
        { Scheme: "tcp" or "http" or "https" } => $"'{endpoint}' is on another machine; sandboxes publish their ports on the loopback address of the engine's machine, so the engine must be on this one.",
        _ => $"'{endpoint}' has the scheme '{endpoint.Scheme}'; it may be unix, npipe, tcp, http or https.",
    };

    private static Uri Checked(Uri endpoint, string source) =>
        Problem(endpoint) is { } problem ? throw new FormatException($"{source}: {problem}") : endpoint;

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
