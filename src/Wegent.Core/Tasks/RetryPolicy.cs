namespace Wegent.Tasks;

/// <summary>Decides whether a failed run gets another attempt, and when.</summary>
/// <param name="MaxAttempts">Attempts at a run, the first included; 1 turns retries off.</param>
/// <param name="FirstDelay">Wait before the second attempt; it doubles with each further one.</param>
/// <param name="MaxDelay">The longest wait.</param>
public sealed record RetryPolicy(int MaxAttempts, TimeSpan FirstDelay, TimeSpan MaxDelay)
{
    /// <summary>Three attempts, 1 s and 2 s apart, never more than 1 min.</summary>
    public static RetryPolicy Default { get; } = new(3, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    /// <summary>How long to wait before the next attempt, or null when there is none.</summary>
    /// <param name="reason">Why the last attempt failed.</param>
    /// <param name="attempt">Number of the attempt that failed, from 1.</param>
    /// <remarks>
    /// Only what failed before an agent did any work is repeated by itself: an agent may have pushed, paid or mailed,
    /// and agents retry their model calls on their own. A person can always retry.
    /// </remarks>
    public TimeSpan? DelayAfter(FailureReason reason, int attempt)
    {
        if (attempt >= MaxAttempts || reason is not (FailureReason.SandboxStartFailed or FailureReason.EngineUnavailable or FailureReason.PortsExhausted))
            return null;

        var delay = FirstDelay * Math.Pow(2, Math.Min(attempt - 1, 20));
        return delay < MaxDelay ? delay : MaxDelay;
    }
}
