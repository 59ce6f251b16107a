using System.Text;
using Wegent.Executor.Processes;

namespace Wegent.Executor.Workspaces;

/// <summary>Tells regular files from pipes, sockets and devices, which the BCL does not and which block whoever opens them.</summary>
internal static unsafe class FileKind
{
    /// <summary>Whether a path is a regular file itself, and no link to one.</summary>
    public static bool IsRegular(string path)
    {
        fixed (byte* native = Encoding.UTF8.GetBytes(path + "\0"))
            return Check(Libc.CurrentFolder, native, Libc.StatNoFollow, out _);
    }

    /// <summary>Whether an open descriptor is a regular file.</summary>
    public static bool IsRegular(int descriptor, out long size)
    {
        byte empty = 0;
        return Check(descriptor, &empty, Libc.StatEmptyPath, out size);
    }

    private static bool Check(int folder, byte* path, int flags, out long size)
    {
        Libc.FileStatus status;
        var found = Libc.Stat(folder, path, flags, Libc.StatTypeAndSize, &status) == 0;
        size = found ? (long)status.Size : 0;
        return found && (status.Mode & Libc.ModeTypeMask) == Libc.ModeRegular;
    }
}
