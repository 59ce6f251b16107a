namespace Wegent.Executor;

/// <summary>Ends the executor when nobody talks to it: no sandbox outlives the runtimes that could remove it.</summary>
internal sealed class Lifetime : IDisposable
{
    private readonly Lock gate = new();
    private readonly TimeSpan orphanTimeout;
    private readonly ITimer orphan;
    private readonly ITimer? end;
    private int links;

    /// <summary>Begins to wait for the first link.</summary>
    public Lifetime(ExecutorOptions options, TimeProvider clock, Action<string> finish)
    {
        orphanTimeout = options.OrphanTimeout;
        orphan = clock.CreateTimer(
            _ => finish($"no runtime was connected for {options.OrphanTimeout.TotalSeconds:0} s"), null, orphanTimeout, Timeout.InfiniteTimeSpan);
        if (options.MaxLifetime > TimeSpan.Zero)
        {
            end = clock.CreateTimer(
                _ => finish($"its lifetime of {options.MaxLifetime.TotalSeconds:0} s is over"), null, options.MaxLifetime, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>An authenticated link has come; disposing says that it has gone.</summary>
    public IDisposable Enter()
    {
        lock (gate)
        {
            links++;
            orphan.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        return new Visit(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        orphan.Dispose();
        end?.Dispose();
    }

    private void Leave()
    {
        lock (gate)
        {
            if (--links == 0)
                orphan.Change(orphanTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Visit(Lifetime lifetime) : IDisposable
    {
        private bool left;

        public void Dispose()
        {
            if (!left)
                lifetime.Leave();
            left = true;
        }
    }
}
