using Wegent.Executor.Executions;
using Wegent.Executor.Processes;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Workspaces;

/// <summary>
/// Runs git as an execution of its own: an argument list, an explicit environment, a bounded output, and a tree that is killed when
/// the time is over.
/// </summary>
/// <param name="launcher">The base environment.</param>
/// <param name="state">Folder for its settings and journals.</param>
/// <param name="reaper">Starts and collects it.</param>
/// <param name="clock">For the waits of a stop.</param>
internal sealed class GitRunner(Launcher launcher, string state, ChildReaper reaper, TimeProvider clock)
{
    private const long OutputLimit = 1024 * 1024;
    private const int ShownLines = 12;

    // Nothing that lies in a repository is run: no hook, no monitor, no filter for large files. A repository of another owner, as a
    // mounted folder is, may be read.
    private const string Settings =
        """
        [safe]
        	directory = *
        [core]
        	hooksPath = /dev/null
        	fsmonitor = false
        [submodule]
        	recurse = false
        [gc]
        	auto = 0
        [advice]
        	detachedHead = false
        [http]
        	lowSpeedLimit = 1000
        	lowSpeedTime = 60

        """;

    private int count;
    private string? program;

    /// <summary>Whether the sandbox has git.</summary>
    public bool IsInstalled => Program is not null;

    private string? Program => program ??= ProgramSearch.Find("git", launcher.BaseEnvironment("git")["PATH"], "/");

    /// <summary>Runs git and fails unless it exits with 0.</summary>
    /// <returns>What it wrote.</returns>
    /// <exception cref="CommandException">It failed; the message has its words.</exception>
    public async Task<string> RequireAsync(IReadOnlyList<string> arguments, string folder, CancellationToken cancellationToken)
    {
        var (code, text) = await RunAsync(arguments, folder, [], cancellationToken).ConfigureAwait(false);
        return code == 0 ? text : throw new CommandException(ExecutorErrors.WorkspaceGit, $"git {arguments[0]} failed: {text}");
    }

    /// <summary>Runs git.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="transports">Transports it may use.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <returns>Its exit code, or -1, and the last lines of its output.</returns>
    public async Task<(int Code, string Text)> RunAsync(
        IReadOnlyList<string> arguments, string folder, IReadOnlyList<string> transports, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var settings = Path.Combine(state, "gitconfig");
        if (!File.Exists(settings))
            PrivateFile.Write(settings, Settings);
        var id = $"git.{Interlocked.Increment(ref count)}";
        var environment = launcher.BaseEnvironment(id);
        foreach (var (name, value) in Environment(settings, transports))
            environment[name] = value;
        var command = new StartCommand
        {
            Id = 0,
            Execution = id,
            Program = "git",
            Arguments = arguments,
            Environment = environment,
            CloseInput = true,
            OutputLimit = OutputLimit,
        };
        var spec = new ChildSpec(Program!, arguments, environment, folder); // callers have asked IsInstalled
        using var execution = Execution.Start(command, spec, state, reaper, clock);
        var stopping = cancellationToken.Register(() => { _ = execution.StopAsync(TimeSpan.Zero, TimeSpan.Zero); });
        await using (stopping.ConfigureAwait(false))
        {
            var exit = await execution.Ended.ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return (exit.Code ?? -1, Text(execution.Journal));
        }
    }

    private static IEnumerable<(string Name, string Value)> Environment(string settings, IReadOnlyList<string> transports) =>
    [
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", settings),
        ("GIT_ALLOW_PROTOCOL", string.Join(':', transports)),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_ASKPASS", "/bin/false"),
        ("SSH_ASKPASS", "/bin/false"),
        ("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o ConnectTimeout=15 -o StrictHostKeyChecking=accept-new"),
        ("GIT_LFS_SKIP_SMUDGE", "1"),
        ("GIT_AUTHOR_NAME", "Wegent"),
        ("GIT_AUTHOR_EMAIL", "wegent@localhost"),
        ("GIT_COMMITTER_NAME", "Wegent"),
        ("GIT_COMMITTER_EMAIL", "wegent@localhost"),
        ("LC_ALL", "C"),
    ];

    private static string Text(Journal journal)
    {
        var reader = journal.OpenReader(Math.Max(0, journal.Lines - ShownLines));
        var lines = reader.Read(ExecutorProtocol.MaxBatchBytes, out _);
        return string.Join('\n', lines.Select(line => GitAddress.WithoutCredentials(line.Text)));
    }
}
