using System.Globalization;
using System.Text;

namespace Wegent.Executor.Executions;

/// <summary>What the kernel says about memory in this sandbox.</summary>
internal static class MemoryEvents
{
    private static readonly string[] Counters = ["/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"];

    /// <summary>How many processes of the sandbox were killed for want of memory; 0 where nobody counts.</summary>
    public static long OutOfMemoryKills()
    {
        foreach (var path in Counters)
        {
            foreach (var line in ReadLines(path))
            {
                if (line.StartsWith("oom_kill ", StringComparison.Ordinal))
                    return long.Parse(line.AsSpan("oom_kill ".Length), CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }

    /// <summary>Lets the kernel choose an agent and not the executor, which then can tell what happened.</summary>
    public static void PreferForKill(int pid)
    {
        try
        {
            using var file = File.OpenHandle($"/proc/{pid}/oom_score_adj", FileMode.Open, FileAccess.Write);
            RandomAccess.Write(file, "500"u8, 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has ended already, or this kernel does not let us: then the kernel's own choice stands.
        }
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var buffer = new byte[4096];
            return Encoding.ASCII.GetString(buffer, 0, RandomAccess.Read(file, buffer, 0)).Split('\n');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
