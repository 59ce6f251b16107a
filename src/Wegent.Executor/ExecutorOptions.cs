using Wegent.Executor.Security;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor;

/// <summary>What the executor was started with.</summary>
internal sealed record ExecutorOptions
{
    /// <summary>The help text, which is also the reference of the options.</summary>
    public const string Usage =
        $"""
        wegent-executor: runs agents inside a sandbox for a Wegent runtime

          --listen tcp:ADDRESS:PORT | unix:PATH   where to accept the runtime (required)
          --workspace DIR        root of the workspace (default /workspace)
          --home DIR             home folder of the agents (default: HOME, else /tmp)
          --state DIR            journals and settings of this process (default: wegent-executor in TMPDIR or /tmp)
          --orphan-timeout S     seconds without an authenticated link after which it ends itself (default 3600)
          --max-lifetime S       seconds after which it ends itself in any case, 0 for never (default 0)
          --max-executions N     programs that may run at once (default 32)
          --max-journal MIB      disk for the journals of all executions together (default 1024)
          --detach               leave the session of whoever started it
          --log FILE             write its own messages there instead of to standard error
          --version, --help

        The environment variable {ExecutorProtocol.SecretHashVariable} must hold the SHA-256 of the link's secret in hexadecimal.

        """;

    /// <summary>Where to accept the runtime: <c>tcp:ADDRESS:PORT</c> or <c>unix:PATH</c>.</summary>
    public required ListenAddress Listen { get; init; }

    /// <summary>Recognises the runtime.</summary>
    public required LinkSecret Secret { get; init; }

    /// <summary>Root of the workspace.</summary>
    public required string Workspace { get; init; }

    /// <summary>Home folder of the agents.</summary>
    public required string Home { get; init; }

    /// <summary>Folder of the executor itself.</summary>
    public required string State { get; init; }

    /// <summary>Time without a link after which it ends itself.</summary>
    public TimeSpan OrphanTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Time after which it ends itself in any case; zero is never.</summary>
    public TimeSpan MaxLifetime { get; init; }

    /// <summary>Programs that may run at once.</summary>
    public int MaxExecutions { get; init; } = 32;

    /// <summary>Bytes of disk for all journals; the oldest of ended executions go first.</summary>
    public long MaxJournalBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Whether to become the leader of a session of its own.</summary>
    public bool Detach { get; init; }

    /// <summary>File for its messages, or null for standard error.</summary>
    public string? Log { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="FormatException">Something is missing or wrong; the message says what and may be shown.</exception>
    public static ExecutorOptions Parse(IReadOnlyList<string> arguments, Func<string, string?> variable)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            var value = name is "--detach" ? "" : ++i < arguments.Count ? arguments[i] : throw new FormatException($"{name} needs a value");
            if (!values.TryAdd(name, value))
                throw new FormatException($"{name} is given twice");
        }

        string? Take(string name) => values.Remove(name, out var value) ? value : null;
        long Number(string name, long initial, long min, long max) =>
            Take(name) is not { } text ? initial
            : long.TryParse(text, out var number) && number >= min && number <= max ? number
            : throw new FormatException($"{name} must be a whole number from {min} to {max}, not '{text}'");

        var options = new ExecutorOptions
        {
            Listen = ListenAddress.Parse(Take("--listen") ?? throw new FormatException("--listen is missing")),
            Secret = LinkSecret.Parse(variable(ExecutorProtocol.SecretHashVariable))
                ?? throw new FormatException($"{ExecutorProtocol.SecretHashVariable} must hold 64 hexadecimal digits"),
            Workspace = Path.GetFullPath(Take("--workspace") ?? "/workspace"),
            Home = Path.GetFullPath(Take("--home") ?? variable("HOME") ?? "/tmp"),
            State = Path.GetFullPath(Take("--state") ?? Path.Combine(variable("TMPDIR") ?? "/tmp", "wegent-executor")),
            OrphanTimeout = TimeSpan.FromSeconds(Number("--orphan-timeout", 3600, 1, 30 * 86400)),
            MaxLifetime = TimeSpan.FromSeconds(Number("--max-lifetime", 0, 0, 365 * 86400)),
            MaxExecutions = (int)Number("--max-executions", 32, 1, 1024),
            MaxJournalBytes = Number("--max-journal", 1024, 1, 1024 * 1024) * 1024 * 1024,
            Detach = Take("--detach") is not null,
            Log = Take("--log"),
        };
        return values.Count == 0 ? options : throw new FormatException($"unknown option {values.Keys.First()}; see --help");
    }
}
