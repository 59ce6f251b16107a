namespace Wegent.Sandboxes;

/// <summary>A program to run in a sandbox.</summary>
public sealed record ExecutionSpec
{
    /// <summary>Identifier, unique in the sandbox: letters, digits and <c>-</c>, up to 60 characters.</summary>
    public required string Id { get; init; }

    /// <summary>Program: a path, or a name found on the sandbox's <c>PATH</c>.</summary>
    public required string Program { get; init; }

    /// <summary>Arguments, one each; no shell reads them.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Its whole environment beside what the executor sets (<c>PATH</c>, <c>HOME</c>, <c>LANG</c>, <c>TERM</c>).</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Folder to start in; null means the working folder.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Files written before it starts, absolute or relative to the home folder, readable by their owner only.</summary>
    public IReadOnlyList<SandboxFile> Files { get; init; } = [];

    /// <summary>Lines written to its standard input at once after the start.</summary>
    public IReadOnlyList<string> InputLines { get; init; } = [];

    /// <summary>Whether its standard input is closed after <see cref="InputLines"/>.</summary>
    public bool CloseInput { get; init; }

    /// <summary>Line that asks the program to stop what it does, written to its input; null means SIGINT.</summary>
    public string? InterruptLine { get; init; }

    /// <summary>Bytes of output that are kept; past that the program is stopped. Default 256 MiB.</summary>
    public long MaxOutputBytes { get; init; } = 256L * 1024 * 1024;
}

/// <summary>A file to write into a sandbox.</summary>
/// <param name="Path">Absolute, or relative to the home folder.</param>
/// <param name="Content">Its text, UTF-8.</param>
public sealed record SandboxFile(string Path, string Content);

/// <summary>Something an execution put out: a line, or its end.</summary>
/// <param name="Number">Number of the line in this execution, from 0, over both streams; the end has the number after the last line.</param>
public abstract record ExecutionOutput(long Number);

/// <summary>A line of output, without its line end.</summary>
/// <param name="Number">Number of the line.</param>
/// <param name="IsError">Whether it came on standard error.</param>
/// <param name="Text">The text; bytes that are no UTF-8 are replaced. A line over the wire's bound is cut.</param>
/// <param name="Truncated">Whether it was cut.</param>
public sealed record ExecutionLine(long Number, bool IsError, string Text, bool Truncated = false) : ExecutionOutput(Number);

/// <summary>The end of an execution.</summary>
/// <param name="Number">The number after the last line.</param>
/// <param name="ExitCode">Exit code; 128 + signal when a signal ended it.</param>
/// <param name="Detail">Why the executor ended it, such as <c>stopped</c> or <c>output_limit</c>; null when it ended by itself.</param>
public sealed record ExecutionExited(long Number, int ExitCode, string? Detail = null) : ExecutionOutput(Number);
