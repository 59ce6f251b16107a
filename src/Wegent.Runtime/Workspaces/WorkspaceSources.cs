using Microsoft.Extensions.Options;
using Wegent.Resources;
using Wegent.Sandboxes;

namespace Wegent.Runtime.Workspaces;

/// <summary>Says where a task's working folder comes from, and refuses sources that the operator has not allowed.</summary>
internal sealed class WorkspaceSources(IOptions<WorkspaceOptions> options)
{
    /// <exception cref="WegentException"><c>workspace.not_allowed</c>: the source may not be used here.</exception>
    public WorkspaceSource From(WorkspaceResource workspace) =>
        From(workspace.Spec.Repository.GitUrl, workspace.Spec.Repository.BranchName);

    /// <exception cref="WegentException"><c>workspace.not_allowed</c>: the source may not be used here.</exception>
    public WorkspaceSource? From(TaskSubmission submission) => submission switch
    {
        { WorkspaceFolder: { } folder } => FromFolder(folder, submission.Branch),
        { GitUrl: { } url } => From(url, submission.Branch),
        _ => null,
    };

    private WorkspaceSource From(string gitUrl, string? branch)
    {
        if (gitUrl.StartsWith("file:", StringComparison.OrdinalIgnoreCase) || Path.IsPathRooted(gitUrl))
        {
            var path = Uri.TryCreate(gitUrl, UriKind.Absolute, out var uri) && uri.IsFile ? uri.LocalPath : gitUrl;
            return FromFolder(path, branch);
        }

        return new WorkspaceSource { Folder = FolderName(gitUrl), GitUrl = gitUrl, Branch = NullIfEmpty(branch) };
    }

    private WorkspaceSource FromFolder(string folder, string? branch)
    {
        var full = Path.GetFullPath(folder);
        var real = ResolveLinks(full)
            ?? throw new WegentException("workspace.not_found", $"Folder '{full}' does not exist on this host.");
        if (!options.Value.LocalRoots.Any(root => IsBelow(real, root)))
            throw new WegentException("workspace.not_allowed", $"Folder '{full}' is below none of the folders that this host allows. The operator adds it to {WorkspaceOptions.Section}:LocalRoots; or use a git URL.");

        return new WorkspaceSource { Folder = FolderName(real), SourceFolder = real, Branch = NullIfEmpty(branch) };
    }

    private static bool IsBelow(string folder, string root)
    {
        var realRoot = ResolveLinks(Path.GetFullPath(root));
        return realRoot is not null && (folder == realRoot || folder.StartsWith(realRoot.TrimEnd('/') + '/', StringComparison.Ordinal));
    }

    // The check is made on what the path really leads to, link by link, not on how it is written.
    private static string? ResolveLinks(string path)
    {
        if (!Directory.Exists(path))
            return null;

        var resolved = Path.GetPathRoot(path)!;
        foreach (var segment in path[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = new DirectoryInfo(Path.Combine(resolved, segment));
            resolved = next.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? next.FullName;
        }

        return resolved.TrimEnd(Path.DirectorySeparatorChar) is { Length: > 0 } trimmed ? trimmed : resolved;
    }

    private static string FolderName(string source)
    {
        var last = source.TrimEnd('/').Split('/', ':')[^1];
        if (last.EndsWith(".git", StringComparison.OrdinalIgnoreCase))
            last = last[..^4];
        var safe = string.Concat(last.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')).Trim('.', '-');
        return safe.Length == 0 ? "workspace" : safe[..Math.Min(safe.Length, 64)];
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
