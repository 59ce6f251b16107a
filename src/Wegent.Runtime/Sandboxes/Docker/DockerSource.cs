using System.Formats.Tar;
using System.Text;
using Wegent.Sandboxes;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes.Docker;

/// <summary>
/// A folder of the host as an archive for a container. A copy and not a mount: so it belongs to the sandbox's user whatever the
/// original's owner and mode, whether or not the engine maps users or labels files, and no path of the host is open inside.
/// </summary>
/// <remarks>
/// Of a git repository only what a clone needs is taken: its objects and references, and of its settings only those that say how to
/// read them. What else stands there (credentials in addresses, hooks, the index) stays outside.
/// </remarks>
internal static class DockerSource
{
    private const int Owner = 1000; // the image's user

    private static readonly string[] Forbidden = ["/", "/proc", "/sys", "/dev", "/run", "/var/run", "/boot", "/etc", "/root", "/home", "/var", "/usr", "/var/lib/docker"];
    private static readonly string[] GitParts = ["HEAD", "packed-refs", "shallow", "refs", "objects", "info"];
    private static readonly string[] GitSettings = ["repositoryformatversion", "bare"];

    /// <summary>The folder as it really is, links followed.</summary>
    /// <exception cref="SandboxException">It does not exist, or is not one to show to an agent.</exception>
    public static string Check(string folder)
    {
        if (!Directory.Exists(folder))
            throw Failed($"The workspace's folder {folder} does not exist");
        var real = RealPath(Path.GetFullPath(folder));
        if (Forbidden.Contains(Path.TrimEndingDirectorySeparator(real)) || real.StartsWith("/proc/", StringComparison.Ordinal) || real.StartsWith("/sys/", StringComparison.Ordinal))
            throw Failed($"The workspace's folder {folder} is part of the system and is not shown to agents; choose a project's folder");
        return real;
    }

    /// <summary>Writes the archive.</summary>
    /// <param name="folder">A folder that was checked.</param>
    /// <param name="output">Takes the archive; stays open.</param>
    /// <param name="maxBytes">Most bytes of all files together.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="SandboxException">It is larger, or cannot be read.</exception>
    public static async Task WriteAsync(string folder, Stream output, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
            await using var closing = tar.ConfigureAwait(false);
            var left = maxBytes;
            foreach (var (file, name) in Files(new DirectoryInfo(folder)))
            {
                if (file is FileInfo { LinkTarget: null } regular && (left -= regular.Length) < 0)
                    throw Failed($"The workspace's folder {folder} holds more than {maxBytes >> 20} MiB; choose a smaller one");
                await WriteEntryAsync(tar, file, name, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw Failed($"The workspace's folder {folder} could not be read: {error.Message}", error);
        }
    }

    private static async Task WriteEntryAsync(TarWriter tar, FileSystemInfo file, string name, CancellationToken cancellationToken)
    {
        var entry = file switch
        {
            { LinkTarget: { } target } => new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target },
            DirectoryInfo => new PaxTarEntry(TarEntryType.Directory, name),
            FileInfo => new PaxTarEntry(TarEntryType.RegularFile, name),
            _ => throw new InvalidOperationException($"{file} is neither file nor folder"),
        };
        entry.Uid = entry.Gid = Owner;
        entry.ModificationTime = new DateTimeOffset(file.LastWriteTimeUtc);
        entry.Mode = Mode(file);
        var content = await ContentAsync(file, name, cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            if (entry.EntryType == TarEntryType.RegularFile)
                entry.DataStream = content;
            await tar.WriteEntryAsync(entry, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask<Stream> ContentAsync(FileSystemInfo file, string name, CancellationToken cancellationToken) => file switch
    {
        (not FileInfo) or { LinkTarget: not null } => Stream.Null,
        _ when name == ".git/config" => new MemoryStream(Encoding.UTF8.GetBytes(HarmlessSettings(await File.ReadAllLinesAsync(file.FullName, cancellationToken).ConfigureAwait(false)))),
        _ => new FileStream(file.FullName, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, Share = FileShare.ReadWrite | FileShare.Delete }),
    };

    /// <summary>Files and folders, each folder before what is in it; links are told as links; sockets and devices are left out.</summary>
    private static IEnumerable<(FileSystemInfo File, string Name)> Files(DirectoryInfo folder)
    {
        var git = new DirectoryInfo(Path.Combine(folder.FullName, ".git"));
        if (git is not { Exists: true, LinkTarget: null })
            return Below(folder, "");

        var parts = git.EnumerateFileSystemInfos().Where(part => part.Name == "config" || GitParts.Contains(part.Name));
        return parts.SelectMany(part => WithBelow(part, ".git/")).Prepend((git, ".git"));
    }

    private static IEnumerable<(FileSystemInfo File, string Name)> Below(DirectoryInfo folder, string prefix) =>
        folder.EnumerateFileSystemInfos().SelectMany(file => WithBelow(file, prefix));

    private static IEnumerable<(FileSystemInfo File, string Name)> WithBelow(FileSystemInfo file, string prefix)
    {
        if (file.LinkTarget is null && file.Attributes.HasFlag(FileAttributes.Device))
            yield break;
        yield return (file, prefix + file.Name);
        if (file is not DirectoryInfo { LinkTarget: null } folder)
            yield break;
        foreach (var below in Below(folder, $"{prefix}{file.Name}/"))
            yield return below;
    }

    /// <summary>The settings of a repository that say how its objects are to be read, and no others.</summary>
    private static string HarmlessSettings(IEnumerable<string> lines)
    {
        var kept = new StringBuilder();
        var section = "";
        foreach (var line in lines.Select(line => line.Trim()))
        {
            if (line.StartsWith('['))
            {
                section = line.ToLowerInvariant();
                if (section is "[core]" or "[extensions]")
                    kept.Append(section).Append('\n');
            }
            else if (section == "[extensions]" || (section == "[core]" && GitSettings.Contains(line.Split('=')[0].Trim().ToLowerInvariant())))
            {
                kept.Append(line).Append('\n');
            }
        }

        return kept.ToString();
    }

    /// <summary>As the original's, but always open to its owner.</summary>
    private static UnixFileMode Mode(FileSystemInfo file)
    {
        const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;
        var own = file is DirectoryInfo ? UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute : UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return OperatingSystem.IsWindows() ? own | UnixFileMode.UserExecute : (file.UnixFileMode & Everybody) | own;
    }

    private static string RealPath(string path)
    {
        var real = Path.GetPathRoot(path)!; // a full path has a root
        foreach (var segment in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, segment);
            real = new DirectoryInfo(next).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? next;
        }

        return real;
    }

    private static SandboxException Failed(string message, Exception? cause = null) => new(FailureReason.WorkspaceFailed, message, cause);
}
