namespace Wegent.Executor.Tests.Workspaces;

internal static class TestFolders
{
    public static string EnsureFolder(this string folder) => Directory.CreateDirectory(folder).FullName;

    public static string EnsureParent(this string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}
