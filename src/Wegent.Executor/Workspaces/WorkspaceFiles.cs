using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Wegent.Executor.Processes;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Workspaces;

/// <summary>Reads files of the working folder for the runtime.</summary>
/// <param name="workspace">Where things are.</param>
internal sealed class WorkspaceFiles(Workspace workspace)
{
    private const int NotFound = 2; // ENOENT
    private const int NotAFolder = 20; // ENOTDIR

    /// <summary>Reads a part of a file.</summary>
    /// <remarks>
    /// First opened, then judged by where the open file really is: an agent that swaps a link in between gains nothing, and a pipe
    /// does not block.
    /// </remarks>
    /// <exception cref="CommandException">It lies outside, or is no regular file.</exception>
    public FileReply Read(ReadFileCommand command)
    {
        if (command.Path.Contains('\0') || command.Offset < 0 || command.MaxBytes is < 0 or > ExecutorProtocol.MaxFilePart)
            throw new CommandException(ExecutorErrors.Frame, "the path or the range is not valid");
        using var file = Open(Path.GetFullPath(command.Path, workspace.Current));
        if (file is null)
            return new FileReply { Re = command.Id, Exists = false };
        if (!IsInside(file) || !FileKind.IsRegular((int)file.DangerousGetHandle(), out var size))
            throw new CommandException(ExecutorErrors.FilePath, $"{command.Path} is no regular file inside the workspace");
        var content = new byte[Math.Clamp(size - command.Offset, 0, command.MaxBytes)];
        var length = 0;
        int read;
        while (length < content.Length && (read = RandomAccess.Read(file, content.AsSpan(length), command.Offset + length)) > 0)
            length += read;
        return new FileReply { Re = command.Id, Exists = true, Size = size, Content = content[..length] };
    }

    private static unsafe SafeFileHandle? Open(string path)
    {
        int descriptor;
        fixed (byte* native = Encoding.UTF8.GetBytes(path + "\0"))
            descriptor = Libc.Open(native, Libc.OCloexec | Libc.ONonblock);
        if (descriptor >= 0)
            return new SafeFileHandle(descriptor, ownsHandle: true);
        return Marshal.GetLastPInvokeError() is NotFound or NotAFolder
            ? null
            : throw new CommandException(ExecutorErrors.FilePath, $"{path} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private bool IsInside(SafeFileHandle file)
    {
        // The working folder's own path was free of links when it was made; one that an agent has put in its place leads outside.
        var real = File.ResolveLinkTarget($"/proc/self/fd/{file.DangerousGetHandle()}", returnFinalTarget: false)?.FullName;
        return real is not null && real.StartsWith(workspace.Current + "/", StringComparison.Ordinal);
    }
}
