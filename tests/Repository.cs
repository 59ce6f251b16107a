namespace Wegent.Tests;

/// <summary>The checked-out repository, for tests of its documents and samples.</summary>
internal static class Repository
{
    /// <summary>The folder of <c>Wegent.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Wegent.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("the tests run outside the repository");
    }
}
