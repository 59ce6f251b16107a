using Wegent.Sandboxes;
using Wegent.Sandboxes.Wire;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes.Executor;

/// <summary>A sandbox of any place in which the executor runs.</summary>
/// <param name="id">Identifier given at creation.</param>
/// <param name="connection">The open connection, which it takes over.</param>
/// <param name="settings">What the place decides.</param>
internal sealed class ExecutorSandbox(string id, ExecutorConnection connection, ExecutorSandboxSettings settings) : ISandbox
{
    private SandboxPaths? prepared;

    /// <inheritdoc/>
    public string Id => id;

    /// <inheritdoc/>
    public SandboxPaths Paths => prepared ?? new SandboxPaths(connection.Welcome.Workspace, connection.Welcome.Home);

    /// <inheritdoc/>
    public async ValueTask<SandboxPaths> PrepareWorkspaceAsync(WorkspaceSource workspace, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var folder = workspace.SourceFolder is { } source ? settings.SourceInside ?? source : null;
        var reply = await connection.AskAsync<PreparedReply>(
            command => new PrepareCommand
            {
                Id = command,
                Name = workspace.Folder,
                Repository = folder is null ? workspace.GitUrl : null,
                Branch = workspace.Branch,
                Depth = folder is null ? settings.CloneDepth : 0,
                Folder = folder,
                Transports = settings.GitTransports,
                MaxBytes = settings.MaxWorkspaceBytes,
                TimeoutMs = (int)settings.WorkspaceTimeout.TotalMilliseconds,
            },
            cancellationToken).ConfigureAwait(false);
        return prepared = new SandboxPaths(reply.Workspace, connection.Welcome.Home);
    }

    /// <inheritdoc/>
    public async ValueTask<IExecution> StartAsync(ExecutionSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        await connection.AskAsync<StartedReply>(
            command => new StartCommand
            {
                Id = command,
                Execution = spec.Id,
                Program = spec.Program,
                Arguments = spec.Arguments,
                Environment = spec.Environment,
                WorkingDirectory = spec.WorkingDirectory,
                Files = [.. spec.Files.Select(file => new WireFile(file.Path, file.Content))],
                InterruptLine = spec.InterruptLine,
                Input = spec.InputLines,
                CloseInput = spec.CloseInput,
                OutputLimit = spec.MaxOutputBytes,
            },
            cancellationToken).ConfigureAwait(false);
        return new ExecutorExecution(spec.Id, connection);
    }

    /// <inheritdoc/>
    public async ValueTask<IExecution?> FindExecutionAsync(string executionId, CancellationToken cancellationToken) =>
        await connection.TryAskAsync(command => new FindCommand { Id = command, Execution = executionId }, cancellationToken).ConfigureAwait(false) switch
        {
            StartedReply or FailedReply { Code: ExecutorErrors.ExecutionForgotten } => new ExecutorExecution(executionId, connection),
            FailedReply { Code: ExecutorErrors.ExecutionUnknown } => null,
            FailedReply failed => throw ExecutorFailure.ToException(failed),
            _ => throw new SandboxException(FailureReason.Internal, "the executor gave an unexpected answer"),
        };

    /// <inheritdoc/>
    public async ValueTask<byte[]?> ReadFileAsync(string path, long maxBytes, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        while (true)
        {
            var offset = content.Length;
            var reply = await connection.TryAskAsync(
                command => new ReadFileCommand { Id = command, Path = path, Offset = offset, MaxBytes = ExecutorProtocol.MaxFilePart },
                cancellationToken).ConfigureAwait(false);
            switch (reply)
            {
                case FileReply { Exists: false } or FailedReply { Code: ExecutorErrors.FilePath }:
                    return null;
                case FileReply file when file.Size > maxBytes:
                    throw new SandboxException(FailureReason.BadRequest, $"{path} has {file.Size} bytes, more than the {maxBytes} that are read");
                case FileReply { Content: { Length: > 0 } part } when content.Length + part.Length <= maxBytes:
                    content.Write(part);
                    break;
                case FileReply: // its end, or it grows while it is read
                    return content.ToArray();
                case FailedReply failed:
                    throw ExecutorFailure.ToException(failed);
            }
        }
    }

    /// <summary>Asks the executor to end itself and everything it started.</summary>
    /// <exception cref="SandboxException">It is gone already.</exception>
    public Task ShutDownAsync(CancellationToken cancellationToken) =>
        connection.AskAsync<DoneReply>(command => new ShutdownCommand { Id = command }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
