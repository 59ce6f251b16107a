using System.Text;
using Wegent.Sandboxes;
using Wegent.Sandboxes.Wire;

namespace Wegent.Runtime.Sandboxes;

/// <summary>Asks the git inside a sandbox what changed. The host itself never runs git on what an agent made.</summary>
internal static class WorkspaceDiff
{
    // Nothing that a repository brings along may run: no hooks, no external diff, no text conversion, no file system monitor.
    private static readonly string[] Git = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false"];

    /// <summary>The diff against what the workspace was prepared with, new files included; null when there is no repository.</summary>
    /// <exception cref="SandboxException">The sandbox is lost.</exception>
    public static async Task<string?> TakeAsync(ISandbox sandbox, SandboxPaths paths, int maxLength, CancellationToken cancellationToken)
    {
        var name = Guid.CreateVersion7().ToString("N")[..20];
        if (await RunAsync(sandbox, $"add-{name}", paths, [.. Git, "add", "--all", "--intent-to-add", "."], maxLength, cancellationToken).ConfigureAwait(false) is null)
            return null;

        return await RunAsync(sandbox, $"diff-{name}", paths, [.. Git, "--no-pager", "diff", "--no-color", "--no-ext-diff", "--no-textconv", ExecutorProtocol.BaselineRef], maxLength, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<string?> RunAsync(ISandbox sandbox, string id, SandboxPaths paths, IReadOnlyList<string> arguments, int maxLength, CancellationToken cancellationToken)
    {
        var execution = await sandbox.StartAsync(
            new ExecutionSpec { Id = id, Program = "git", Arguments = arguments, WorkingDirectory = paths.Workspace, CloseInput = true, MaxOutputBytes = 4L * maxLength },
            cancellationToken).ConfigureAwait(false);
        var text = new StringBuilder();
        await foreach (var output in execution.ReadAsync(0, cancellationToken).ConfigureAwait(false))
        {
            switch (output)
            {
                case ExecutionExited exited:
                    return exited.ExitCode == 0 || exited.Detail == "output_limit" ? text.ToString() : null;
                case ExecutionLine { IsError: false } line when text.Length < maxLength:
                    text.Append(line.Text).Append('\n');
                    break;
            }
        }

        return null;
    }
}
