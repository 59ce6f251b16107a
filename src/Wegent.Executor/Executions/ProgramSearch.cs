namespace Wegent.Executor.Executions;

/// <summary>Finds a program as <c>execvp</c> would, so that a missing one is reported before anything is started.</summary>
internal static class ProgramSearch
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The absolute path of a program, or null.</summary>
    /// <param name="program">A path, absolute or relative to the directory, or a bare name.</param>
    /// <param name="path">Folders to search for a bare name, separated by colons.</param>
    /// <param name="directory">Where relative paths begin.</param>
    public static string? Find(string program, string path, string directory)
    {
        if (program.Length == 0 || program.Contains('\0'))
            return null;
        if (program.Contains('/'))
            return IsExecutable(Path.GetFullPath(program, directory)) ? Path.GetFullPath(program, directory) : null;
        return path.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.GetFullPath(Path.Combine(folder, program), directory))
            .FirstOrDefault(IsExecutable);
    }

    private static bool IsExecutable(string path) => File.Exists(path) && (File.GetUnixFileMode(path) & AnyExecute) != UnixFileMode.None;
}
