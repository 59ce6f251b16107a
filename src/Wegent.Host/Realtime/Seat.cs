namespace Wegent.Hosting.Realtime;

/// <summary>A socket's place in a room: how far it has been told. Used by the socket's sender alone.</summary>
internal sealed class Seat(Room room, long afterSeq) : IAsyncDisposable
{
    private IAsyncEnumerator<Frame>? _backlog;
    private Frame? _held; // read from the store, but the batch was full
    private Frame? _at;
    private long _seq = afterSeq;

    /// <summary>The room.</summary>
    public Room Room { get; } = room;

    /// <summary>Number of the last frame that was taken.</summary>
    public long Seq => _seq;

    /// <summary>Takes frames into a batch, as many as fit, from what the room keeps.</summary>
    public Taken Take(SendBatch batch)
    {
        if (_backlog is not null)
            return Taken.Behind;
        while (true)
        {
            _at ??= Room.Log.Find(_seq);
            if (_at is null)
                return Taken.Behind;
            if (_at.Next is not { } next)
                return Taken.All;
            if (next == Frame.Dropped)
            {
                _at = null;
                continue;
            }

            if (next.Seq > _seq && !batch.TryAdd(next.Bytes))
                return Taken.Some;
            _at = next;
            _seq = Math.Max(_seq, next.Seq);
        }
    }

    /// <summary>Takes frames that the room no longer keeps from the store, as many as fit.</summary>
    /// <returns>False when this room has no store behind it: what it no longer keeps is lost to this socket.</returns>
    public async ValueTask<bool> TakeBacklogAsync(SendBatch batch, CancellationToken cancellationToken)
    {
        if (Room is not TaskRoom task)
            return false;
        _backlog ??= task.ReadBacklogAsync(_seq, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (_held is not null || await _backlog.MoveNextAsync())
        {
            var frame = _held ?? _backlog.Current;
            _held = batch.TryAdd(frame.Bytes) ? null : frame;
            if (_held is not null)
                return true;
            _seq = frame.Seq;
        }

        await DisposeAsync();
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_backlog is { } backlog)
        {
            _backlog = null;
            _held = null;
            await backlog.DisposeAsync();
        }
    }
}

/// <summary>How far a <see cref="Seat"/> got.</summary>
internal enum Taken
{
    /// <summary>Everything there was.</summary>
    All,

    /// <summary>The batch is full.</summary>
    Some,

    /// <summary>The room no longer keeps what comes next.</summary>
    Behind,
}
