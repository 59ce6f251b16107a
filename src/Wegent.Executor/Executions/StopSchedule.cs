namespace Wegent.Executor.Executions;

/// <summary>When which step of a stop is due. Asked by the execution's thread, requested by any.</summary>
/// <param name="clock">The clock of the waits.</param>
/// <param name="wake">Woken by a request.</param>
internal sealed class StopSchedule(TimeProvider clock, WakeDescriptor wake)
{
    private static readonly TimeSpan Never = TimeSpan.MaxValue;

    private readonly Lock gate = new();
    private readonly long origin = clock.GetTimestamp();
    private readonly TimeSpan[] due = [Never, Never, Never];
    private StopStep? last;

    /// <summary>Whether anybody asked.</summary>
    public bool Requested
    {
        get
        {
            lock (gate)
                return due[(int)StopStep.Kill] != Never;
        }
    }

    private TimeSpan Now => clock.GetElapsedTime(origin);

    /// <summary>Asks for a stop. A later request only makes steps come sooner.</summary>
    /// <param name="interruptGrace">Time between the interrupt and SIGTERM; zero leaves the interrupt out.</param>
    /// <param name="terminateGrace">Time between SIGTERM and the kill; zero kills instead.</param>
    public void Request(TimeSpan interruptGrace, TimeSpan terminateGrace)
    {
        lock (gate)
        {
            var now = Now;
            if (interruptGrace > TimeSpan.Zero)
                Sooner(StopStep.Interrupt, now);
            if (terminateGrace > TimeSpan.Zero)
                Sooner(StopStep.Terminate, now + interruptGrace);
            Sooner(StopStep.Kill, now + interruptGrace + terminateGrace);
        }

        wake.Set();
    }

    /// <summary>The furthest step that is due and was not taken yet, which is thereby taken; null when there is none.</summary>
    public StopStep? Take()
    {
        lock (gate)
        {
            var now = Now;
            for (var step = StopStep.Kill; step >= StopStep.Interrupt; step--)
            {
                if (due[(int)step] <= now && (last is null || last < step))
                {
                    last = step;
                    return step;
                }
            }

            return null;
        }
    }

    /// <summary>Time until the next step is due; null when none is planned.</summary>
    public TimeSpan? UntilNext()
    {
        lock (gate)
        {
            var next = Never;
            for (var step = last is { } taken ? taken + 1 : StopStep.Interrupt; step <= StopStep.Kill; step++)
                next = due[(int)step] < next ? due[(int)step] : next;
            return next == Never ? null : TimeSpan.FromTicks(Math.Max(0, (next - Now).Ticks));
        }
    }

    private void Sooner(StopStep step, TimeSpan at)
    {
        if (at < due[(int)step])
            due[(int)step] = at;
    }
}
