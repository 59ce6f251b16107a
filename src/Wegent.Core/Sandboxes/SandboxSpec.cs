namespace Wegent.Sandboxes;

/// <summary>A sandbox to be: which task it serves, from which image, within which limits.</summary>
public sealed record SandboxSpec
{
    /// <summary>Identifier, unique per store and task: letters, digits and <c>-</c>, 3 to 60 characters.</summary>
    public required string Id { get; init; }

    /// <summary>Identifier of the store that wants it; a place only lists and removes sandboxes of its own store.</summary>
    public required string StoreId { get; init; }

    /// <summary>The task it serves.</summary>
    public required long TaskId { get; init; }

    /// <summary>Image to start from; null means the place's default. Ignored by places without images.</summary>
    public string? Image { get; init; }

    /// <summary>Bounds that hold for everything inside.</summary>
    public SandboxLimits Limits { get; init; } = SandboxLimits.Default;

    /// <summary>
    /// Folder of the host that the workspace is copied or cloned from; null when it comes from the network or is empty.
    /// Places with a file system of their own show a copy of it inside.
    /// </summary>
    public string? SourceFolder { get; init; }
}

/// <summary>Bounds of a sandbox.</summary>
/// <param name="MemoryMiB">Memory, swap included, in MiB.</param>
/// <param name="Cpus">Processors, may be a fraction.</param>
/// <param name="Pids">Processes and threads.</param>
/// <param name="OrphanTimeout">How long it lives when no runtime talks to it.</param>
public sealed record SandboxLimits(int MemoryMiB, double Cpus, int Pids, TimeSpan OrphanTimeout)
{
    /// <summary>2 GiB, 2 processors, 512 processes, 1 h alone.</summary>
    public static SandboxLimits Default { get; } = new(2048, 2, 512, TimeSpan.FromHours(1));
}

/// <summary>What a place knows of one of its sandboxes.</summary>
/// <param name="Id">Identifier given at creation.</param>
/// <param name="TaskId">The task it serves.</param>
/// <param name="Running">Whether it can be talked to; false for one that is created, stopped or dead.</param>
/// <param name="CreatedAt">When it was created, UTC.</param>
public sealed record SandboxInfo(string Id, long TaskId, bool Running, DateTimeOffset CreatedAt);

/// <summary>What stands in the working folder before an agent starts.</summary>
public sealed record WorkspaceSource
{
    /// <summary>Name of the folder below the workspace root: one path segment.</summary>
    public required string Folder { get; init; }

    /// <summary>Repository to clone, https or ssh, without credentials; null when <see cref="SourceFolder"/> is given, or neither for an empty folder.</summary>
    public string? GitUrl { get; init; }

    /// <summary>Branch to check out; null means the repository's default.</summary>
    public string? Branch { get; init; }

    /// <summary>Folder of the host to copy, or to clone when it is a git repository; null when there is none.</summary>
    public string? SourceFolder { get; init; }
}

/// <summary>Where things are, seen from inside a sandbox.</summary>
/// <param name="Workspace">The task's working folder.</param>
/// <param name="Home">The agent's home folder, kept as long as the sandbox.</param>
public sealed record SandboxPaths(string Workspace, string Home);
