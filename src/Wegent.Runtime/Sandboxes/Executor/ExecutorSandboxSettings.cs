namespace Wegent.Runtime.Sandboxes.Executor;

/// <summary>What a place decides about a sandbox beyond its spec.</summary>
internal sealed record ExecutorSandboxSettings
{
    /// <summary>Where the spec's source folder stands inside; null means that the host's path is right inside too.</summary>
    public string? SourceInside { get; init; }

    /// <summary>Transports that git may use for an address.</summary>
    public IReadOnlyList<string> GitTransports { get; init; } = ["https", "ssh"];

    /// <summary>Commits of history that a clone from an address fetches; 0 fetches all.</summary>
    public int CloneDepth { get; init; } = 1;

    /// <summary>Most bytes of a workspace as it is prepared. 4 GiB.</summary>
    public long MaxWorkspaceBytes { get; init; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Longest time to prepare a workspace. 10 minutes.</summary>
    public TimeSpan WorkspaceTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a living sandbox may be out of reach before it counts as lost. 5 minutes.</summary>
    public static TimeSpan UnreachableTimeout { get; } = TimeSpan.FromMinutes(5);
}
