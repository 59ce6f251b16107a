using System.Text;
using Wegent.Executor.Processes;

namespace Wegent.Executor;

/// <summary>
/// The executor's own words, on standard error: few, for an operator, without a secret. Not the console of the BCL, whose
/// set-up would cost as much as the rest of the start.
/// </summary>
internal static class ExecutorLog
{
    // A sandbox that is attacked from inside must not fill the engine's log.
    private const int MaxLines = 1000;
    private static int written;
    private static int descriptor = 2;
    private static FileStream? file;

    /// <summary>Writes to a file from here on instead of to standard error.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static void Open(string path)
    {
        file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        descriptor = (int)file.SafeFileHandle.DangerousGetHandle();
    }

    /// <summary>Writes a line.</summary>
    public static unsafe void Write(string message)
    {
        if (Interlocked.Increment(ref written) > MaxLines)
            return;
        var bytes = Encoding.UTF8.GetBytes($"wegent-executor: {message}\n");
        fixed (byte* pointer = bytes)
            _ = Libc.Write(descriptor, pointer, (nuint)bytes.Length);
    }
}
