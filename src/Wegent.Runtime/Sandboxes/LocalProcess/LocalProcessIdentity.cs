using System.Diagnostics;

namespace Wegent.Runtime.Sandboxes.LocalProcess;

/// <summary>A process for good: its id may be given to another one day, but not together with its start and the boot it belongs to.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="Started">Clock ticks between the boot and its start, as <c>/proc</c> has it.</param>
/// <param name="Boot">The machine's boot.</param>
internal sealed record LocalProcessIdentity(int Pid, ulong Started, string Boot)
{
    private const int StateField = 0;
    private const int StartField = 19;

    /// <summary>Whether it runs; a process that has ended and was not collected yet does not.</summary>
    public bool IsAlive => Of(Pid) == this;

    /// <summary>The identity of a running process, or null.</summary>
    public static LocalProcessIdentity? Of(int pid)
    {
        try
        {
            // pid (name) state ppid ...: the name may hold anything, so what counts begins after the last parenthesis.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[StateField] is "Z" or "X"
                ? null
                : new LocalProcessIdentity(pid, ulong.Parse(fields[StartField]), File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Kills it, if it still is what it was.</summary>
    public void Kill()
    {
        if (!IsAlive)
            return;
        try
        {
            using var process = Process.GetProcessById(Pid);
            process.Kill();
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It was quicker.
        }
    }
}
