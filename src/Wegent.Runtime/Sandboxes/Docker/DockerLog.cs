using Microsoft.Extensions.Logging;

namespace Wegent.Runtime.Sandboxes.Docker;

internal static partial class DockerLog // event ids 3200-3249
{
    [LoggerMessage(3200, LogLevel.Information, "Docker engine {Version} at {Endpoint}, API {ApiVersion}")]
    public static partial void EngineFound(this ILogger logger, string version, Uri endpoint, string apiVersion);

    [LoggerMessage(3201, LogLevel.Debug, "docker {Call} {Target}: {Milliseconds} ms")]
    public static partial void EngineCalled(this ILogger logger, string call, string target, double milliseconds);

    // Whoever called gets the error and says what it means: an engine that nobody needs may be away.
    [LoggerMessage(3202, LogLevel.Debug, "docker {Call} {Target} failed after {Milliseconds} ms: {Error}")]
    public static partial void EngineCallFailed(this ILogger logger, string call, string target, double milliseconds, string error);

    [LoggerMessage(3203, LogLevel.Information, "Network {Network} created")]
    public static partial void NetworkCreated(this ILogger logger, string network);

    [LoggerMessage(3210, LogLevel.Information, "Sandbox {SandboxId} of task {TaskId} is ready on port {Port} after {Milliseconds} ms (container {ContainerId})")]
    public static partial void SandboxReady(this ILogger logger, string sandboxId, long taskId, int port, double milliseconds, string containerId);

    [LoggerMessage(3211, LogLevel.Information, "Sandbox {SandboxId} found again on port {Port} (container {ContainerId})")]
    public static partial void SandboxFound(this ILogger logger, string sandboxId, int port, string containerId);

    [LoggerMessage(3212, LogLevel.Information, "Sandbox {SandboxId} removed (container {ContainerId})")]
    public static partial void SandboxRemoved(this ILogger logger, string sandboxId, string containerId);

    [LoggerMessage(3213, LogLevel.Warning, "Port {Port} is in use by another program; trying the next one for sandbox {SandboxId}")]
    public static partial void PortTaken(this ILogger logger, int port, string sandboxId);

    [LoggerMessage(3214, LogLevel.Warning, "What a failed start of sandbox {SandboxId} left could not be removed; it is removed later: {Error}")]
    public static partial void CleanupFailed(this ILogger logger, string sandboxId, string error);

    [LoggerMessage(3215, LogLevel.Warning, "Sandbox {SandboxId} was lost: {Reason}")]
    public static partial void SandboxLost(this ILogger logger, string sandboxId, string reason);

    [LoggerMessage(3216, LogLevel.Warning, "Port lease of {Holder} released: it has had no container since {LeasedAt:O}")]
    public static partial void StrayLeaseReleased(this ILogger logger, string holder, DateTimeOffset leasedAt);

    [LoggerMessage(3220, LogLevel.Warning, "The event stream of the engine broke; deaths of sandboxes are noticed again when it is back: {Error}")]
    public static partial void EventsBroken(this ILogger logger, string error);

    [LoggerMessage(3221, LogLevel.Information, "The event stream of the engine is back")]
    public static partial void EventsBack(this ILogger logger);
}
