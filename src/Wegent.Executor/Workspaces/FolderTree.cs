using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Workspaces;

/// <summary>Copies, measures and clears folders. Links are never followed.</summary>
internal static class FolderTree
{
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
    };

    /// <summary>
    /// Copies files, folders and links (as links) with their permission bits. Sockets, pipes and devices are left out.
    /// </summary>
    /// <exception cref="CommandException">More than <paramref name="maxBytes"/>.</exception>
    /// <exception cref="IOException">Something cannot be read or written.</exception>
    public static void Copy(string source, string target, long maxBytes, CancellationToken cancellationToken)
    {
        long total = 0;
        Stack<(DirectoryInfo From, string To)> rest = new([(new DirectoryInfo(source), target)]);
        while (rest.TryPop(out var folder))
        {
            foreach (var entry in folder.From.EnumerateFileSystemInfos("*", Everything))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var to = Path.Combine(folder.To, entry.Name);
                if (entry.LinkTarget is { } link)
                {
                    File.CreateSymbolicLink(to, link);
                }
                else if (entry is DirectoryInfo directory)
                {
                    Directory.CreateDirectory(to, directory.UnixFileMode | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                    rest.Push((directory, to));
                }
                else if (entry is FileInfo file && FileKind.IsRegular(file.FullName))
                {
                    total += file.Length;
                    if (total > maxBytes)
                        throw new CommandException(ExecutorErrors.WorkspaceTooLarge, $"the folder is larger than {maxBytes / (1024 * 1024)} MiB");
                    file.CopyTo(to);
                }
            }
        }
    }

    /// <summary>Bytes of the files below a folder; stops counting beyond a limit. What vanishes meanwhile counts nothing.</summary>
    public static long Size(string folder, long limit)
    {
        long total = 0;
        Stack<DirectoryInfo> rest = new([new DirectoryInfo(folder)]);
        while (total <= limit && rest.TryPop(out var next))
        {
            try
            {
                foreach (var entry in next.EnumerateFileSystemInfos("*", Everything))
                {
                    if (entry.LinkTarget is not null)
                        continue;
                    if (entry is DirectoryInfo directory)
                        rest.Push(directory);
                    else if (entry is FileInfo file)
                        total += file.Length;
                }
            }
            catch (IOException)
            {
                // Gone between the look and the count, as git's temporary files are.
            }
        }

        return total;
    }

    /// <summary>Deletes what is in a folder, and the folder itself if asked; what cannot be deleted stays.</summary>
    public static void Clear(string folder, bool andItself)
    {
        try
        {
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything))
            {
                if (entry is DirectoryInfo { LinkTarget: null } directory)
                    directory.Delete(recursive: true);
                else
                    entry.Delete();
            }

            if (andItself)
                Directory.Delete(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            ExecutorLog.Write($"{folder} could not be emptied: {error.Message}");
        }
    }
}
