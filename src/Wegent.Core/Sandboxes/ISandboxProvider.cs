using Wegent.Tasks;

namespace Wegent.Sandboxes;

/// <summary>A place where sandboxes run: a container engine, this machine, a test's imagination.</summary>
/// <remarks>Implementations pass <c>SandboxProviderContract</c> of the TestKit. All members are safe for concurrent use.</remarks>
public interface ISandboxProvider
{
    /// <summary>Short name for logs and settings, such as <c>docker</c> or <c>process</c>.</summary>
    string Name { get; }

    /// <summary>Says why no sandbox can be started here at present, or null when one can.</summary>
    /// <param name="image">The image that is wanted; null means the place's default.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<SandboxException?> ProbeAsync(string? image, CancellationToken cancellationToken) => new((SandboxException?)null);

    /// <summary>Creates a sandbox and waits until its executor answers; finds it when it is there already.</summary>
    /// <exception cref="SandboxException">It could not be started; nothing of it is left behind.</exception>
    ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken);

    /// <summary>Connects to a living sandbox, for instance after a restart of the host; null when it is gone or dead.</summary>
    ValueTask<ISandbox?> FindAsync(string storeId, string sandboxId, CancellationToken cancellationToken);

    /// <summary>Streams all sandboxes of one store, in every state they can be in.</summary>
    /// <exception cref="SandboxException">The place does not answer.</exception>
    IAsyncEnumerable<SandboxInfo> ListAsync(string storeId, CancellationToken cancellationToken);

    /// <summary>Removes a sandbox with everything in it; does nothing when it is gone.</summary>
    /// <exception cref="SandboxException">The place does not answer; try again later.</exception>
    ValueTask RemoveAsync(string storeId, string sandboxId, CancellationToken cancellationToken);
}

/// <summary>One sandbox, connected. Disposing lets go of the connection and leaves the sandbox running.</summary>
public interface ISandbox : IAsyncDisposable
{
    /// <summary>Identifier given at creation.</summary>
    string Id { get; }

    /// <summary>Where things are inside; <see cref="SandboxPaths.Workspace"/> names the root until a workspace is prepared.</summary>
    SandboxPaths Paths { get; }

    /// <summary>Clones or copies the workspace; does nothing when it was done before. Returns the paths with the working folder.</summary>
    /// <exception cref="SandboxException">It failed; the reason is <see cref="FailureReason.WorkspaceFailed"/> and the message holds git's words without credentials.</exception>
    ValueTask<SandboxPaths> PrepareWorkspaceAsync(WorkspaceSource workspace, CancellationToken cancellationToken);

    /// <summary>Starts a program, or attaches to it when an execution of this id was started before.</summary>
    /// <exception cref="SandboxException">The program could not be started.</exception>
    ValueTask<IExecution> StartAsync(ExecutionSpec spec, CancellationToken cancellationToken);

    /// <summary>Attaches to an execution that was started before; null when none of that id was. Its output may have been dropped to make room.</summary>
    ValueTask<IExecution?> FindExecutionAsync(string executionId, CancellationToken cancellationToken);

    /// <summary>Reads a file of the workspace, or null when it is not there. Links that lead outside count as not there.</summary>
    /// <param name="path">Relative to the working folder.</param>
    /// <param name="maxBytes">Longer files are refused.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SandboxException">It is longer than <paramref name="maxBytes"/>, or the sandbox is lost.</exception>
    ValueTask<byte[]?> ReadFileAsync(string path, long maxBytes, CancellationToken cancellationToken);
}

/// <summary>A program that runs, or ran, in a sandbox. Its output lines are numbered and kept until the sandbox is removed.</summary>
public interface IExecution
{
    /// <summary>Identifier given at its start.</summary>
    string Id { get; }

    /// <summary>Streams output from a line on: what is journaled, then what comes, at last <see cref="ExecutionExited"/>. Never a gap, never a repeat.</summary>
    /// <exception cref="SandboxException">The sandbox is lost; the reason says how.</exception>
    IAsyncEnumerable<ExecutionOutput> ReadAsync(long fromLine, CancellationToken cancellationToken);

    /// <summary>Writes one line to its standard input, once per <paramref name="inputId"/> however often it is called.</summary>
    ValueTask WriteLineAsync(string inputId, string line, CancellationToken cancellationToken);

    /// <summary>Closes its standard input.</summary>
    ValueTask CloseInputAsync(CancellationToken cancellationToken);

    /// <summary>Stops it and everything it started, detached children included: interrupt, then terminate, then kill. Returns when nothing of it runs.</summary>
    /// <param name="interruptGrace">How long it may take after the interrupt.</param>
    /// <param name="terminateGrace">How long it may take after SIGTERM, before the kill.</param>
    /// <param name="cancellationToken">Ends the wait, not the stopping.</param>
    ValueTask StopAsync(TimeSpan interruptGrace, TimeSpan terminateGrace, CancellationToken cancellationToken);
}

/// <summary>A place or a sandbox failed.</summary>
/// <param name="reason">The kind of failure.</param>
/// <param name="message">What happened, in words; no secrets.</param>
/// <param name="innerException">The cause.</param>
public sealed class SandboxException(FailureReason reason, string message, Exception? innerException = null)
    : WegentException("sandbox." + Failure.WireName(reason), message, innerException)
{
    /// <summary>The kind of failure.</summary>
    public FailureReason Reason { get; } = reason;
}

/// <summary>The secrets that let the runtime, and nobody else, talk to its sandboxes.</summary>
public interface ISandboxSecrets
{
    /// <summary>The secret of one sandbox; the same after a restart of the host.</summary>
    string For(string sandboxId);
}
