namespace Wegent.Executor.Processes;

/// <summary>
/// Everything that belongs to one execution: its first process, all descendants, and those that detached themselves from it.
/// </summary>
/// <remarks>
/// <para>A process group is not enough. Claude Code starts its tools in sessions of their own, so a signal to the group, or a closed
/// pipe, leaves them running (seen with version 2.1.197). What detaches itself becomes a child of the executor when its parent dies, and
/// is recognised there: by having been seen in the tree before, by its session, or by the variable that every process of the execution
/// inherits. One that also changed its environment, unseen, is found by <see cref="KillStrays"/> when nothing else runs.</para>
/// <para>Used by the thread of its execution only.</para>
/// </remarks>
/// <param name="reaper">Knows which children were started on purpose.</param>
/// <param name="execution">Id of the execution, as in the environment of its processes.</param>
/// <param name="root">Process id of the first process.</param>
internal sealed class ProcessGroup(ChildReaper reaper, string execution, int root)
{
    private const int Rounds = 200;
    private readonly HashSet<(int Pid, ulong Started)> seen = [];

    /// <summary>Remembers who belongs to it now, so that they are found later even if they detach themselves.</summary>
    public void Observe()
    {
        foreach (var member in Members())
            seen.Add((member.Pid, member.Started));
    }

    /// <summary>
    /// Kills all of it: freezes whatever is found until nothing new appears, kills the frozen, and looks again until nobody is left.
    /// </summary>
    /// <returns>How many processes were killed.</returns>
    public int Kill() => Kill(Members, seen);

    /// <summary>Kills every process below the executor that nobody started on purpose. Only right while no execution runs.</summary>
    public static int KillStrays(ChildReaper reaper) => Kill(() => Strays(reaper), []);

    /// <summary>Kills every process below the executor, for its own end.</summary>
    public static int KillAll() => Kill(() => Descendants(ProcessEntry.ReadAll(), entry => entry.Parent == Environment.ProcessId), []);

    private static int Kill(Func<List<ProcessEntry>> members, HashSet<(int Pid, ulong Started)> known)
    {
        HashSet<(int Pid, ulong Started)> killed = [];
        HashSet<(int Pid, ulong Started)> frozen = [];
        for (var round = 0; round < Rounds; round++)
        {
            var living = members();
            if (living.Count == 0)
                break;
            var grew = false;
            foreach (var member in living.Where(member => frozen.Add((member.Pid, member.Started))))
            {
                known.Add((member.Pid, member.Started));
                _ = Libc.Kill(member.Pid, Libc.SigStop);
                grew = true;
            }

            if (grew)
                continue; // one of them may have had a child between our look and its stop

            foreach (var member in living)
            {
                if (Libc.Kill(member.Pid, Libc.SigKill) == 0)
                    killed.Add((member.Pid, member.Started));
            }

            Pause();
        }

        return killed.Count;
    }

    private List<ProcessEntry> Members()
    {
        var deliberate = reaper.Living();
        return Descendants(ProcessEntry.ReadAll(), entry =>
            entry.Pid == root ? deliberate.Contains(root)
            : seen.Contains((entry.Pid, entry.Started))
              || (entry.Parent == Environment.ProcessId
                  && !deliberate.Contains(entry.Pid)
                  && (entry.Session == root || ProcessEntry.ReadExecution(entry.Pid) == execution)));
    }

    private static List<ProcessEntry> Strays(ChildReaper reaper)
    {
        var deliberate = reaper.Living();
        return Descendants(
            ProcessEntry.ReadAll(),
            entry => entry.Parent == Environment.ProcessId && !deliberate.Contains(entry.Pid));
    }

    private static List<ProcessEntry> Descendants(List<ProcessEntry> all, Func<ProcessEntry, bool> isRoot)
    {
        var children = all.ToLookup(entry => entry.Parent);
        HashSet<int> found = [];
        List<ProcessEntry> members = [];
        Queue<ProcessEntry> next = new(all.Where(isRoot));
        while (next.TryDequeue(out var entry))
        {
            if (!found.Add(entry.Pid))
                continue;
            if (!entry.Dead)
                members.Add(entry);
            foreach (var child in children[entry.Pid])
                next.Enqueue(child);
        }

        return members;
    }

    /// <summary>Gives the kernel a millisecond to carry out the kills. This thread has nothing else to do.</summary>
    private static unsafe void Pause() => _ = Libc.Poll(null, 0, 1);
}
