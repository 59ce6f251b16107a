namespace Wegent.Executor;

/// <summary>A path with every link in it resolved.</summary>
internal static class RealPath
{
    /// <summary>The real path of an existing folder.</summary>
    public static string Of(string folder)
    {
        var resolved = "/";
        foreach (var segment in folder.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            resolved = Path.Combine(resolved, segment);
            if (Directory.ResolveLinkTarget(resolved, returnFinalTarget: true) is { } target)
                resolved = Of(target.FullName);
        }

        return resolved;
    }
}
