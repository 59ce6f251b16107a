using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Wegent.Runtime.Sandboxes.Executor;
using Wegent.Sandboxes;
using Wegent.Sandboxes.Wire;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes.LocalProcess;

/// <summary>Starts an executor that outlives us, and waits until it answers.</summary>
/// <param name="clock">The clock of the waits.</param>
internal sealed class LocalExecutor(TimeProvider clock)
{
    private static readonly TimeSpan ReadyPause = TimeSpan.FromMilliseconds(5);

    // What of the host's environment the executor's own start needs. Nothing else is passed on: it may hold keys.
    private static readonly string[] Passed = ["PATH", "LANG", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64"];

    /// <summary>Starts it.</summary>
    /// <exception cref="SandboxException">It cannot be started, or ends before it answers.</exception>
    public async Task<LocalProcessIdentity> StartAsync(
        LocalExecutorProgram program, LocalSandboxFolder folder, SandboxLimits limits, string secret, TimeSpan readyTimeout, CancellationToken cancellationToken)
    {
        using var process = Launch(StartInfo(program, folder, limits, secret));
        var words = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var late = new CancellationTokenSource(readyTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var identity = LocalProcessIdentity.Of(process.Id);
            using var endpoint = ExecutorEndpoint.Unix(folder.Socket);
            while (!await endpoint.IsReadyAsync(either.Token).ConfigureAwait(false))
            {
                if (process.HasExited)
                    throw Failed(LocalExecutorLog.LastLine(folder.Log) ?? (await words.ConfigureAwait(false)).Trim(), process.ExitCode);
                await Task.Delay(ReadyPause, clock, either.Token).ConfigureAwait(false);
            }

            return identity ?? throw Failed("it was gone at once", null);
        }
        catch (Exception error)
        {
            if (!process.HasExited)
                process.Kill();
            if (error is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw Failed($"it did not answer within {readyTimeout.TotalSeconds:0.#} s", null);
            throw;
        }
    }

    private static ProcessStartInfo StartInfo(LocalExecutorProgram program, LocalSandboxFolder folder, SandboxLimits limits, string secret)
    {
        string[] arguments =
        [
            .. program.Arguments,
            "--listen", $"unix:{folder.Socket}",
            "--workspace", folder.Workspace,
            "--home", folder.Home,
            "--state", folder.State,
            "--log", folder.Log,
            "--orphan-timeout", $"{(long)limits.OrphanTimeout.TotalSeconds}",
            "--detach",
        ];

        // Its streams are pipes that we let go of: it must not hold the terminal or the pipe of whoever started the host.
        var start = new ProcessStartInfo(program.File, arguments)
        {
            WorkingDirectory = folder.Root,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var name in Passed)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
                start.Environment[name] = value;
        }

        start.Environment["HOME"] = folder.Home;
        start.Environment["TMPDIR"] = folder.Temporary;
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment[ExecutorProtocol.SecretHashVariable] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
        return start;
    }

    private static Process Launch(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw Failed("the system started nothing", null);
        }
        catch (Win32Exception error)
        {
            throw Failed($"{start.FileName}: {error.Message}", null);
        }
    }

    private static SandboxException Failed(string why, int? exitCode) => new(
        FailureReason.SandboxStartFailed,
        $"the executor could not be started{(exitCode is { } code ? $" (exit code {code})" : "")}: {why}");
}
