using System.Security.Cryptography;
using System.Text;

namespace Wegent.Runtime.Sandboxes.LocalProcess;

/// <summary>The folder of one local sandbox, readable by its owner only.</summary>
internal sealed class LocalSandboxFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // A Unix socket's path has 108 bytes, the last one a zero.
    private const int MaxSocketPath = 107;

    /// <summary>The folder of a sandbox; it need not exist.</summary>
    /// <param name="root">Folder of all local sandboxes.</param>
    /// <param name="id">The sandbox's identifier, which becomes a file name.</param>
    /// <exception cref="ArgumentException">It is no identifier.</exception>
    public LocalSandboxFolder(string root, string id)
    {
        if (id.Length is < 3 or > 60 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            throw new ArgumentException($"'{id}' is no identifier of a sandbox: 3 to 60 letters, digits and '-'.", nameof(id));
        Root = System.IO.Path.Combine(root, id);
        Socket = SocketBelow(Root);
    }

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>The record.</summary>
    public string Record => System.IO.Path.Combine(Root, "sandbox.json");

    /// <summary>The executor's messages.</summary>
    public string Log => System.IO.Path.Combine(Root, "executor.log");

    /// <summary>Root of the workspace.</summary>
    public string Workspace => System.IO.Path.Combine(Root, "workspace");

    /// <summary>Home folder of the agents.</summary>
    public string Home => System.IO.Path.Combine(Root, "home");

    /// <summary>The executor's own folder.</summary>
    public string State => System.IO.Path.Combine(Root, "state");

    /// <summary>Folder for temporary files of the agents.</summary>
    public string Temporary => System.IO.Path.Combine(Root, "tmp");

    /// <summary>The executor's socket: in the folder, or where that makes its path too long, in one for sockets alone.</summary>
    public string Socket { get; }

    /// <summary>Creates what is missing.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    public void Create()
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException();
        foreach (var folder in (string[])[Root, Workspace, Home, State, Temporary, System.IO.Path.GetDirectoryName(Socket)!]) // a file has a folder
            Directory.CreateDirectory(folder, OwnerOnly);
    }

    /// <summary>Deletes everything, also what an agent protected from deletion.</summary>
    /// <exception cref="IOException">Something could not be deleted.</exception>
    public void Delete()
    {
        if (!Socket.StartsWith(Root, StringComparison.Ordinal) && System.IO.Path.GetDirectoryName(Socket) is { } sockets && Directory.Exists(sockets))
            Directory.Delete(sockets, recursive: true);
        if (!Directory.Exists(Root))
            return;
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            Unprotect(new DirectoryInfo(Root));
            Directory.Delete(Root, recursive: true);
        }
    }

    private static void Unprotect(DirectoryInfo folder)
    {
        if (!OperatingSystem.IsLinux())
            return;
        folder.UnixFileMode |= OwnerOnly;
        foreach (var below in folder.EnumerateDirectories("*", new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint }))
            Unprotect(below);
    }

    private static string SocketBelow(string root)
    {
        var inside = System.IO.Path.Combine(root, "executor.sock");
        if (Encoding.UTF8.GetByteCount(inside) <= MaxSocketPath)
            return inside;
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)).AsSpan(0, 8));
        return System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"wegent-{name}", "s");
    }
}
