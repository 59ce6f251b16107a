using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Wegent.Executor.Processes;

/// <summary>
/// Starts children and collects every dead one: ours, and the orphans that are given to us as pid 1 or as a subreaper.
/// </summary>
/// <remarks>
/// One lock spans starting, collecting and signalling. So a child's end is never collected before its start is written down, and
/// no signal reaches a process id that has been given to somebody else. SIGCHLD is left alone: as soon as .NET handles it in
/// process 1, it collects every child by itself, and their ends are lost to us.
/// </remarks>
internal sealed class ChildReaper : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, Action<ChildExit>> children = [];
    private readonly AutoResetEvent work = new(initialState: false);
    private volatile bool disposed;

    /// <summary>Makes this process the one that orphans are given to, and begins to collect.</summary>
    public ChildReaper()
    {
        if (Environment.ProcessId != 1)
            _ = Libc.Prctl(Libc.PrSetChildSubreaper, 1, 0, 0, 0);
        new Thread(Collect, 128 * 1024) { IsBackground = true, Name = "reaper" }.Start();
    }

    /// <summary>Starts a process.</summary>
    /// <param name="spec">What to start.</param>
    /// <param name="exited">Called once, on the reaper's thread, when it has ended. Must not block.</param>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public ChildProcess Start(ChildSpec spec, Action<ChildExit> exited)
    {
        ChildProcess child;
        lock (gate)
        {
            child = ChildProcess.Start(spec);
            children.Add(child.Pid, exited);
        }

        work.Set();
        return child;
    }

    /// <summary>Sends a signal to the process group of a child that has not been collected yet; otherwise does nothing.</summary>
    public void SignalGroup(int pid, int signal)
    {
        lock (gate)
        {
            if (children.ContainsKey(pid))
                _ = Libc.Kill(-pid, signal);
        }
    }

    /// <summary>The children of <see cref="Start"/> that have not been collected yet.</summary>
    public HashSet<int> Living()
    {
        lock (gate)
            return [.. children.Keys];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        disposed = true;
        work.Set(); // not disposed: the thread may be about to wait on it
    }

    private unsafe void Collect()
    {
        while (!disposed)
        {
            Libc.ChildInfo info;
            if (Libc.WaitId(Libc.WaitAll, 0, &info, Libc.WaitExited | Libc.WaitNoWait) == 0)
                CollectOne(info.Pid);
            else if (Marshal.GetLastPInvokeError() != Libc.Eintr)
                work.WaitOne(); // no child at all, so no orphan can come either until one is started
        }
    }

    private unsafe void CollectOne(int pid)
    {
        Action<ChildExit>? exited;
        int status;
        lock (gate)
        {
            if (Libc.WaitPid(pid, &status, 0) != pid)
                return;
            children.Remove(pid, out exited);
        }

        exited?.Invoke(ChildExit.FromStatus(status));
    }
}
