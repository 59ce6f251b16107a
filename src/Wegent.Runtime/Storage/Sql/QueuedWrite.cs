namespace Wegent.Runtime.Storage.Sql;

/// <summary>A write that waits for its turn, then for its commit.</summary>
internal abstract class QueuedWrite
{
    private const int Waiting = 0, Started = 1, Cancelled = 2;
    private int _state;

    /// <summary>What the write refused by itself; null while it went well.</summary>
    protected Exception? Refusal { get; private set; }

    /// <summary>Takes its turn; false when its caller gave up before.</summary>
    public bool TryStart() => Interlocked.CompareExchange(ref _state, Started, Waiting) == Waiting;

    /// <summary>Gives up, unless its turn has come.</summary>
    public void TryCancel(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, Cancelled, Waiting) == Waiting)
            OnCancelled(cancellationToken);
    }

    /// <summary>Runs it. May be called again after everything was taken back.</summary>
    public ValueTask RunAsync(SqlSession session)
    {
        Refusal = null;
        return OnRunAsync(session);
    }

    /// <summary>Notes that it will be answered with an error; the others of its batch go on.</summary>
    public void Refuse(Exception error) => Refusal = error;

    /// <summary>Answers the caller with the result, or with the refusal.</summary>
    public abstract void Answer();

    /// <summary>Answers the caller with an error.</summary>
    public abstract void Fail(Exception error);

    protected abstract ValueTask OnRunAsync(SqlSession session);

    protected abstract void OnCancelled(CancellationToken cancellationToken);
}

/// <summary>A write with a result.</summary>
internal sealed class QueuedWrite<T>(Func<SqlSession, ValueTask<T>> work) : QueuedWrite
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    /// <summary>Ends when the write is durable, was refused, or was given up.</summary>
    public Task<T> Task => _answer.Task;

    protected override async ValueTask OnRunAsync(SqlSession session) => _result = await work(session).ConfigureAwait(false);

    public override void Answer()
    {
        if (Refusal is { } refusal)
            _answer.TrySetException(refusal);
        else
            _answer.TrySetResult(_result!);
    }

    public override void Fail(Exception error) => _answer.TrySetException(error);

    protected override void OnCancelled(CancellationToken cancellationToken) => _answer.TrySetCanceled(cancellationToken);
}
