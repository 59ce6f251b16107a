using System.ComponentModel;
using Wegent.Executor.Processes;

namespace Wegent.Executor.Executions;

/// <summary>A descriptor that wakes a thread out of <c>poll</c>.</summary>
internal sealed class WakeDescriptor : IDisposable
{
    private readonly Lock gate = new();
    private int descriptor;

    /// <summary>Opens it.</summary>
    /// <exception cref="Win32Exception">The process has no descriptor left.</exception>
    public WakeDescriptor()
    {
        descriptor = Libc.EventDescriptor(0, Libc.OCloexec | Libc.ONonblock);
        if (descriptor < 0)
            throw new Win32Exception();
    }

    /// <summary>What to poll for reading.</summary>
    public int Value => descriptor;

    /// <summary>Wakes the thread that polls it, now or the next time.</summary>
    public unsafe void Set()
    {
        // The lock keeps the number from being closed, and given to another file, in between.
        lock (gate)
        {
            var one = 1UL;
            if (descriptor >= 0)
                _ = Libc.Write(descriptor, (byte*)&one, sizeof(ulong));
        }
    }

    /// <summary>Forgets the wakes so far.</summary>
    public unsafe void Reset()
    {
        ulong count;
        _ = Libc.Read(descriptor, (byte*)&count, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            if (descriptor >= 0)
                _ = Libc.Close(descriptor);
            descriptor = -1;
        }
    }
}
