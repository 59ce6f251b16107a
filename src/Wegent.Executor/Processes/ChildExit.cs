using System.Runtime.InteropServices;

namespace Wegent.Executor.Processes;

/// <summary>How a process ended.</summary>
/// <param name="Code">Exit code, or null when a signal ended it.</param>
/// <param name="Signal">The signal, or null.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ChildExit(int? Code, int? Signal)
{
    /// <summary>Reads the status word of <c>waitpid</c>.</summary>
    public static ChildExit FromStatus(int status)
    {
        var signal = status & 0x7f;
        return signal == 0 ? new ChildExit((status >> 8) & 0xff, null) : new ChildExit(null, signal);
    }
}
