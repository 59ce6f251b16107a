using System.Globalization;
using Microsoft.Extensions.Options;
using Wegent.Sandboxes;
using Wegent.Tasks;

namespace Wegent.Runtime.Workspaces;

/// <summary>Working folders of agents that run in this process: a copy of a local folder for each task. Sandboxed agents have theirs inside.</summary>
internal sealed class LocalWorkspaces(IOptions<WegentOptions> options)
{
    private const int MaxFiles = 100_000;

    private string Root => Path.Combine(Path.GetFullPath(options.Value.DataDirectory), "workspaces");

    /// <summary>The task's folder, copied on first use.</summary>
    /// <exception cref="SandboxException">It cannot be copied.</exception>
    public string Prepare(long taskId, WorkspaceSource workspace)
    {
        var folder = Path.Combine(FolderOf(taskId), workspace.Folder);
        if (Directory.Exists(folder))
            return folder;

        // Copied aside and moved into place, so that a copy cut off by a crash is never taken for a whole one.
        var source = workspace.SourceFolder!;
        var aside = folder + ".copying";
        try
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
            Copy(source, aside);
            Directory.Move(aside, folder);
            return folder;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SandboxException(FailureReason.WorkspaceFailed, $"Folder '{source}' cannot be copied: {error.Message}", error);
        }
    }

    /// <summary>Tasks that have a folder here.</summary>
    public IReadOnlyList<long> List() => !Directory.Exists(Root)
        ? []
        : [.. Directory.EnumerateDirectories(Root).Select(Path.GetFileName).Select(name => long.TryParse(name, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0)];

    /// <summary>Removes a task's folder; does nothing when there is none.</summary>
    public void Remove(long taskId)
    {
        var folder = FolderOf(taskId);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private string FolderOf(long taskId) => Path.Combine(Root, taskId.ToString(CultureInfo.InvariantCulture));

    private static void Copy(string source, string target)
    {
        var files = 0;
        var folders = new Stack<(DirectoryInfo From, string To)>();
        folders.Push((new DirectoryInfo(source), target));
        while (folders.TryPop(out var folder))
        {
            Directory.CreateDirectory(folder.To);
            foreach (var entry in folder.From.EnumerateFileSystemInfos())
            {
                // Links could lead anywhere; build output and our own data are not what the user works on.
                if (entry.LinkTarget is not null || entry.Name is "bin" or "obj" or "node_modules" or ".wegent")
                    continue;

                var to = Path.Combine(folder.To, entry.Name);
                if (entry is DirectoryInfo below)
                    folders.Push((below, to));
                else if (++files > MaxFiles)
                    throw new IOException($"it holds more than {MaxFiles} files");
                else
                    ((FileInfo)entry).CopyTo(to);
            }
        }
    }
}
