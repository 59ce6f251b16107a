using Wegent.Messaging;

namespace Wegent.Runtime.Messaging;

/// <summary>One listener: at most one waiter, and at most one hint kept for the next.</summary>
internal sealed class InMemoryHintSubscription(TimeProvider clock, Action<InMemoryHintSubscription> onDispose) : IHintSubscription
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiter;
    private bool _isHinted;
    private bool _isDisposed;

    public ValueTask WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        TaskCompletionSource waiter;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_isHinted)
            {
                _isHinted = false;
                return default;
            }

            if (atMost == TimeSpan.Zero)
                return default;
            if (_waiter is { Task.IsCompleted: false })
                throw new InvalidOperationException("This subscription has a waiter already; subscribe once for each.");
            _waiter = waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return new(WaitAsync(waiter, atMost, cancellationToken));
    }

    /// <summary>Wakes the waiter, or keeps the hint for the next one.</summary>
    internal void Signal()
    {
        lock (_gate)
        {
            // A waiter whose time ran out just now does not count: the hint is kept.
            if (_waiter?.TrySetResult() != true)
                _isHinted = true;
            _waiter = null;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _waiter?.TrySetResult();
        }

        onDispose(this);
    }

    private async Task WaitAsync(TaskCompletionSource waiter, TimeSpan atMost, CancellationToken cancellationToken)
    {
        // A timer, not Task.WaitAsync: running out of time is the ordinary case and should not cost an exception.
        using var timer = clock.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), waiter, atMost, Timeout.InfiniteTimeSpan);
        using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter);
        await waiter.Task.ConfigureAwait(false);
    }
}
