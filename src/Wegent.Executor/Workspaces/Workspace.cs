using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Workspaces;

/// <summary>Where the agents work. Filled once, from a repository, a folder, or nothing.</summary>
/// <param name="root">Root of the workspace, an absolute path without links.</param>
/// <param name="home">Home folder of the agents.</param>
internal sealed class Workspace(string root, string home)
{
    private readonly Lock gate = new();
    private PrepareCommand? source;
    private Task<PreparedReply>? preparation;

    /// <summary>Root of the workspace.</summary>
    public string Root { get; } = root;

    /// <summary>Home folder of the agents.</summary>
    public string Home { get; } = home;

    /// <summary>The working folder: the root until a workspace was prepared.</summary>
    public string Current { get; private set; } = root;

    /// <summary>
    /// Fills the workspace. The same command again, whenever it comes, waits for the first and gets its answer; after a failure it
    /// tries again.
    /// </summary>
    /// <param name="command">The source.</param>
    /// <param name="fill">Fills the folder it is given and names the baseline, or null.</param>
    /// <exception cref="CommandException">It failed, or was prepared from another source.</exception>
    public async Task<PreparedReply> PrepareAsync(PrepareCommand command, Func<PrepareCommand, string, Task<string?>> fill)
    {
        Task<PreparedReply> mine;
        lock (gate)
        {
            if (preparation is null or { IsFaulted: true } or { IsCanceled: true })
            {
                source = command;
                preparation = FillAsync(command, fill);
            }
            else if (!SameSource(command, source!)) // set with the preparation
            {
                throw new CommandException(
                    ExecutorErrors.WorkspaceConflict,
                    "the workspace was already prepared from another source; use another sandbox");
            }

            mine = preparation;
        }

        return await mine.ConfigureAwait(false) with { Re = command.Id };
    }

    private async Task<PreparedReply> FillAsync(PrepareCommand command, Func<PrepareCommand, string, Task<string?>> fill)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // not under the lock
        var folder = FolderOf(command);
        var baseline = await fill(command, folder).ConfigureAwait(false);
        Current = folder;
        return new PreparedReply { Re = command.Id, Workspace = folder, Baseline = baseline };
    }

    private string FolderOf(PrepareCommand command)
    {
        if (command.Name is null)
            return Root;
        if (command.Name is "" or "." or ".." || command.Name.AsSpan().ContainsAny('/', '\0', '\n'))
            throw new CommandException(ExecutorErrors.Frame, "the name of a working folder is one path segment");
        return Path.Combine(Root, command.Name);
    }

    private static bool SameSource(PrepareCommand one, PrepareCommand other) =>
        one.Name == other.Name && one.Repository == other.Repository && one.Branch == other.Branch && one.Folder == other.Folder;
}
