using System.Net.WebSockets;
using System.Runtime.InteropServices;
using Wegent.Executor.Executions;
using Wegent.Executor.Link;
using Wegent.Executor.Processes;
using Wegent.Executor.Workspaces;

namespace Wegent.Executor;

/// <summary>The executor as a whole: puts the parts together, serves links, and ends in time.</summary>
/// <param name="options">What it was started with.</param>
/// <param name="clock">The clock of all waits.</param>
internal sealed class ExecutorHost(ExecutorOptions options, TimeProvider clock) : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly CancellationTokenSource ending = new();

    /// <summary>Serves until it is told to end, by a signal, by the runtime, or because nobody talks to it.</summary>
    public async Task RunAsync()
    {
        using var listener = options.Listen.Listen();
        using var reaper = new ChildReaper();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context));
        foreach (var folder in (string[])[options.Workspace, options.Home, options.State])
            Directory.CreateDirectory(folder, OwnerOnly);

        var workspace = new Workspace(RealPath.Of(options.Workspace), options.Home);
        var launcher = new Launcher(workspace, Environment.GetEnvironmentVariable);
        var executions = new ExecutionTable(options, launcher, reaper, clock);
        var filler = new WorkspaceFiller(new GitRunner(launcher, options.State, reaper, clock), clock);
        var handler = new CommandHandler(workspace, filler, new WorkspaceFiles(workspace), executions, End);
        using var lifetime = new Lifetime(options, clock, End);
        var server = new LinkServer(listener, options.Secret, clock, (socket, gone) => ServeAsync(socket, handler, lifetime, gone));

        await server.RunAsync(ending.Token).ConfigureAwait(false);
        if (options.Listen.SocketPath is { } path)
            File.Delete(path);
        await EndAllAsync(executions).ConfigureAwait(false);
        Directory.Delete(options.State, recursive: true);
    }

    /// <inheritdoc/>
    public void Dispose() => ending.Dispose();

    private static async Task ServeAsync(WebSocket socket, CommandHandler handler, Lifetime lifetime, CancellationToken cancellationToken)
    {
        using var entered = lifetime.Enter();
        await new LinkSession(socket, handler).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task EndAllAsync(ExecutionTable executions)
    {
        // What resists this, as a process in an endless system call does, is left to the kernel: we do not wait for it.
        var ended = executions.EndAsync();
        await Task.WhenAny(ended, Task.Delay(TimeSpan.FromSeconds(1), clock, CancellationToken.None)).ConfigureAwait(false);
        ProcessGroup.KillAll();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        End("it was told to by a signal");
    }

    private void End(string why)
    {
        if (ending.IsCancellationRequested)
            return;
        ExecutorLog.Write($"ends, because {why}");
        ending.Cancel();
    }
}
