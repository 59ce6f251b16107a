using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>
/// The one writer of a database. Writes queue up while a commit flushes, and the next commit takes them all: a flush costs as much
/// for 256 writes as for one. Each write is all or nothing by itself; its caller is answered after the flush.
/// </summary>
internal sealed class SqlWriter : IAsyncDisposable
{
    /// <summary>How many writes may wait. When all places are taken, callers wait for one.</summary>
    private const int QueueLength = 4096;

    /// <summary>How many writes one commit takes at most.</summary>
    private const int BatchSize = 256;

    private readonly SqlDialect _dialect;
    private readonly TaskSpecCache _specs;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<QueuedWrite> _queue = Channel.CreateBounded<QueuedWrite>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private SqlSession? _session;
    private long _commits;

    public SqlWriter(SqlDialect dialect, TaskSpecCache specs, ILogger logger)
    {
        _dialect = dialect;
        _specs = specs;
        _logger = logger;

        // A thread of its own: a flush blocks it, and the thread pool has better things to do.
        new Thread(Run) { IsBackground = true, Name = "wegent-store-writer" }.Start();
    }

    /// <summary>How many transactions were committed.</summary>
    public long Commits => Volatile.Read(ref _commits);

    /// <summary>Queues a write and waits until it is durable.</summary>
    public async ValueTask<T> RunAsync<T>(Func<SqlSession, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        var write = new QueuedWrite<T>(work);
        using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((QueuedWrite<T>)state!).TryCancel(token), write);
        try
        {
            await _queue.Writer.WriteAsync(write, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(SqlDatabase), "The store was closed; nothing was written.");
        }

        return await write.Task.ConfigureAwait(false);
    }

    /// <summary>Accepts no more writes, ends those that were accepted, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _ended.Task.ConfigureAwait(false);
    }

    private void Run()
    {
        var batch = new List<QueuedWrite>(BatchSize);
        while (WaitForWrites())
        {
            while (batch.Count < BatchSize && _queue.Reader.TryRead(out var write))
            {
                if (write.TryStart())
                    batch.Add(write);
            }

            if (batch.Count > 0)
                Wait(CommitAsync(batch));
            batch.Clear();
        }

        Wait(CloseAsync());
        _ended.SetResult();
    }

    private bool WaitForWrites()
    {
        var ready = _queue.Reader.WaitToReadAsync();
        return ready.IsCompletedSuccessfully ? ready.Result : ready.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Waits on the writer's own thread: that is what it is for.</summary>
    private static void Wait(ValueTask work)
    {
        if (work.IsCompletedSuccessfully)
            work.GetAwaiter().GetResult();
        else
            work.AsTask().GetAwaiter().GetResult();
    }

    private async ValueTask CommitAsync(List<QueuedWrite> batch)
    {
        try
        {
            _session ??= await _dialect.OpenAsync(isWriter: true, CancellationToken.None).ConfigureAwait(false);
            if (!await TryRunAsync(_session, batch, areApart: false).ConfigureAwait(false))
            {
                await _session.ExecuteAsync("ROLLBACK").ConfigureAwait(false);
                _specs.Clear();
                await TryRunAsync(_session, batch, areApart: true).ConfigureAwait(false);
            }

            await _session.ExecuteAsync("COMMIT").ConfigureAwait(false);
            Interlocked.Increment(ref _commits);
        }
        catch (Exception error)
        {
            // The connection's state is unknown; closing it takes back what was not committed.
            await CloseAsync().ConfigureAwait(false);
            _specs.Clear();
            _logger.WritesFailed(batch.Count, _dialect.Place, error);
            var failure = error is DbException known ? _dialect.Describe(known) : error;
            foreach (var write in batch)
                write.Fail(failure);
            return;
        }

        // Answers wait for the commit, refusals too: a refusal may rest on a write before it in the same batch.
        foreach (var write in batch)
            write.Answer();
    }

    /// <summary>
    /// Begins a transaction and runs the writes. Most refusals come before the write has written anything, and then there is nothing
    /// to take back; so savepoints, which cost every write, are used only in the second run after one that needed them.
    /// </summary>
    /// <param name="session">The connection.</param>
    /// <param name="batch">The writes.</param>
    /// <param name="areApart">Whether each write has a savepoint.</param>
    /// <returns>False when a write failed midway and cannot be taken back alone.</returns>
    private async ValueTask<bool> TryRunAsync(SqlSession session, List<QueuedWrite> batch, bool areApart)
    {
        await session.ExecuteAsync(_dialect.Begin).ConfigureAwait(false);
        foreach (var write in batch)
        {
            if (areApart)
                await session.ExecuteAsync("SAVEPOINT one").ConfigureAwait(false);
            var before = session.Writes;
            try
            {
                await write.RunAsync(session).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not DbException failure || _dialect.IsStatementError(failure))
            {
                write.Refuse(error is DbException refused ? _dialect.Describe(refused) : error);
                if (session.Writes > before && !areApart)
                    return false;
                if (areApart)
                    await session.ExecuteAsync("ROLLBACK TO SAVEPOINT one").ConfigureAwait(false);
            }

            if (areApart)
                await session.ExecuteAsync("RELEASE SAVEPOINT one").ConfigureAwait(false);
        }

        return true;
    }

    private async ValueTask CloseAsync()
    {
        if (_session is not { } session)
            return;
        _session = null;
        try
        {
            await session.DisposeAsync().ConfigureAwait(false);
        }
        catch (DbException error)
        {
            _logger.CloseFailed(_dialect.Place, error);
        }
    }
}
