using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Workspaces;

/// <summary>Fills an empty working folder and writes down its first state, so that a difference can be taken later.</summary>
/// <param name="git">Runs git.</param>
/// <param name="clock">For the time limit.</param>
internal sealed class WorkspaceFiller(GitRunner git, TimeProvider clock)
{
    private static readonly string[] Transports = ["https", "http", "ssh", "git", "file"];
    private static readonly string[] DefaultTransports = ["https", "ssh"];
    private static readonly TimeSpan SizeCheckInterval = TimeSpan.FromSeconds(1);

    /// <summary>Fills a folder, which is created and must be empty; empties it again on failure.</summary>
    /// <returns>The baseline commit, or null without git.</returns>
    /// <exception cref="CommandException">It failed; the code and message say why.</exception>
    public async Task<string?> FillAsync(PrepareCommand command, string folder)
    {
        var created = !Directory.Exists(folder);
        Directory.CreateDirectory(folder);
        if (command is { Repository: null, Folder: null })
            return await BaselineOfFilesAsync(folder, CancellationToken.None).ConfigureAwait(false);
        if (Directory.EnumerateFileSystemEntries(folder).Any())
            throw new CommandException(ExecutorErrors.WorkspaceConflict, $"the folder {folder} is not empty");
        using var late = new CancellationTokenSource(TimeSpan.FromMilliseconds(command.TimeoutMs), clock);
        try
        {
            return command switch
            {
                { Repository: { } address } => await CloneAsync(command, address, folder, late.Token).ConfigureAwait(false),
                _ => await TakeFolderAsync(command, command.Folder!, folder, late.Token).ConfigureAwait(false), // one of both is set
            };
        }
        catch (Exception error)
        {
            FolderTree.Clear(folder, andItself: created);
            throw error switch
            {
                CommandException => error,
                OperationCanceledException => new CommandException(
                    ExecutorErrors.WorkspaceTimeout,
                    $"the workspace was not ready after {command.TimeoutMs / 1000.0:0.#} s"),
                UnauthorizedAccessException => new CommandException(
                    ExecutorErrors.WorkspaceFolder,
                    $"the sandbox's user may not read all of {command.Folder}; make the original readable for everybody (chmod -R o+rX FOLDER)"),
                IOException => new CommandException(ExecutorErrors.WorkspaceFolder, error.Message),
                _ => error,
            };
        }
    }

    private async Task<string?> TakeFolderAsync(PrepareCommand command, string source, string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(source))
            throw new CommandException(ExecutorErrors.WorkspaceFolder, $"the folder {source} does not exist in the sandbox");

        // By its transport and not by copying the files: a local clone would share the object files with the source by hard links.
        if (IsRepository(source))
            return await CloneAsync(command with { Transports = ["file"] }, $"file://{Path.GetFullPath(source)}", folder, cancellationToken).ConfigureAwait(false);
        await Task.Run(() => FolderTree.Copy(source, folder, command.MaxBytes, cancellationToken), cancellationToken).ConfigureAwait(false);
        return await BaselineOfFilesAsync(folder, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string?> CloneAsync(PrepareCommand command, string address, string folder, CancellationToken cancellationToken)
    {
        var transports = command.Transports ?? DefaultTransports;
        if (transports.Except(Transports).Any())
            throw new CommandException(ExecutorErrors.Frame, $"the transports of git are {string.Join(", ", Transports)}");
        GitAddress.Check(address, transports);
        GitAddress.CheckBranch(command.Branch);
        if (!git.IsInstalled)
            throw new CommandException(ExecutorErrors.WorkspaceGitMissing, "git is not installed in the sandbox; use an image that has it");

        List<string> arguments = ["clone", "--quiet", "--no-recurse-submodules", "--template=", "--no-local"];
        if (command.Branch is not null)
            arguments.Add($"--branch={command.Branch}");
        List<string> shallow = [.. arguments, $"--depth={command.Depth}", "--", address, folder];
        List<string> full = [.. arguments, "--", address, folder];

        using var watch = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sizes = WatchSizeAsync(folder, command.MaxBytes, watch);
        try
        {
            var result = await git.RunAsync(command.Depth > 0 ? shallow : full, folder, transports, watch.Token).ConfigureAwait(false);
            if (result.Code != 0 && command.Depth > 0 && result.Text.Contains("shallow", StringComparison.Ordinal))
            {
                FolderTree.Clear(folder, andItself: false);
                result = await git.RunAsync(full, folder, transports, watch.Token).ConfigureAwait(false);
            }

            if (result.Code != 0)
                throw new CommandException(ExecutorErrors.WorkspaceGit, $"git could not clone {GitAddress.WithoutCredentials(address)}: {result.Text}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw TooLarge(command.MaxBytes);
        }
        finally
        {
            await watch.CancelAsync().ConfigureAwait(false);
            await sizes.ConfigureAwait(false);
        }

        if (FolderTree.Size(folder, command.MaxBytes) > command.MaxBytes)
            throw TooLarge(command.MaxBytes);
        return await BaselineOfHeadAsync(folder, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Cancels the source when the folder grows beyond its limit, until the source is cancelled anyway.</summary>
    private async Task WatchSizeAsync(string folder, long maxBytes, CancellationTokenSource watch)
    {
        try
        {
            using var timer = new PeriodicTimer(SizeCheckInterval, clock);
            while (await timer.WaitForNextTickAsync(watch.Token).ConfigureAwait(false))
            {
                if (FolderTree.Size(folder, maxBytes) > maxBytes)
                    await watch.CancelAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to, either way.
        }
    }

    private async Task<string?> BaselineOfHeadAsync(string folder, CancellationToken cancellationToken)
    {
        var head = await git.RunAsync(["rev-parse", "--quiet", "--verify", "HEAD^{commit}"], folder, [], cancellationToken).ConfigureAwait(false);
        return head.Code == 0
            ? await KeepAsync(folder, head.Text.Trim(), cancellationToken).ConfigureAwait(false)
            : await CommitAsync(folder, cancellationToken).ConfigureAwait(false); // an empty repository has no commit yet
    }

    private async Task<string?> BaselineOfFilesAsync(string folder, CancellationToken cancellationToken)
    {
        if (!git.IsInstalled)
            return null;
        if (!IsRepository(folder))
            await git.RequireAsync(["init", "--quiet", "--template=", "--initial-branch=main"], folder, cancellationToken).ConfigureAwait(false);
        return await CommitAsync(folder, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string?> CommitAsync(string folder, CancellationToken cancellationToken)
    {
        await git.RequireAsync(["add", "--all"], folder, cancellationToken).ConfigureAwait(false);
        await git.RequireAsync(["commit", "--quiet", "--allow-empty", "--no-verify", "--no-gpg-sign", "--message=Workspace as it was given"], folder, cancellationToken).ConfigureAwait(false);
        var head = await git.RequireAsync(["rev-parse", "HEAD"], folder, cancellationToken).ConfigureAwait(false);
        return await KeepAsync(folder, head.Trim(), cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> KeepAsync(string folder, string commit, CancellationToken cancellationToken)
    {
        await git.RequireAsync(["update-ref", ExecutorProtocol.BaselineRef, commit], folder, cancellationToken).ConfigureAwait(false);
        return commit;
    }

    private static bool IsRepository(string folder) =>
        Path.Exists(Path.Combine(folder, ".git"))
        || (File.Exists(Path.Combine(folder, "HEAD")) && Directory.Exists(Path.Combine(folder, "objects")) && Directory.Exists(Path.Combine(folder, "refs")));

    private static CommandException TooLarge(long maxBytes) =>
        new(ExecutorErrors.WorkspaceTooLarge, $"the workspace is larger than its limit of {maxBytes / (1024 * 1024)} MiB");
}
