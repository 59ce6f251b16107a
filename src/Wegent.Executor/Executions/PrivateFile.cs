using System.Text;

namespace Wegent.Executor.Executions;

/// <summary>Writes files that only their owner may read.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates or replaces a file with mode 600, and its folders with mode 700.</summary>
    /// <remarks>It is written beside and moved into place: a link that an agent has put there is replaced, not followed.</remarks>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, string content)
    {
        var folder = Path.GetDirectoryName(path) ?? throw new IOException("a folder is no file");
        Directory.CreateDirectory(folder, OwnerReadWrite | UnixFileMode.UserExecute);
        var beside = $"{path}.{Guid.CreateVersion7():N}";
        try
        {
            using (var file = new FileStream(beside, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = OwnerReadWrite,
                BufferSize = 0,
            }))
            {
                file.Write(Encoding.UTF8.GetBytes(content));
            }

            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }
}
