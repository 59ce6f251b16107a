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

    /// <summary>How often the writes of a commit are run before their callers are told that it cannot be.</summary>
    private const int MaxTries = 6;

    /// <summary>How often a write that others were faster than looks again, in one transaction.</summary>
    private const int MaxLooks = 3;

    /// <summary>No further try begins later than this after the first.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

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

        // A thread of its own where a flush blocks it: the thread pool has better things to do.
        if (dialect.IsSynchronous)
            new Thread(Run) { IsBackground = true, Name = "wegent-store-writer" }.Start();
        else
            _ = Task.Run(RunAsync);
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
        var batch = new List<QueuedWrite>(_dialect.MaxBatch);
        while (WaitForWrites())
        {
            Take(batch);
            Wait(CommitAsync(batch));
        }

        Wait(CloseAsync());
        _ended.SetResult();
    }

    private async Task RunAsync()
    {
        var batch = new List<QueuedWrite>(_dialect.MaxBatch);
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            Take(batch);
            await CommitAsync(batch).ConfigureAwait(false);
        }

        await CloseAsync().ConfigureAwait(false);
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

    private void Take(List<QueuedWrite> batch)
    {
        batch.Clear();
        while (batch.Count < _dialect.MaxBatch && _queue.Reader.TryRead(out var write))
        {
            if (write.TryStart())
                batch.Add(write);
        }
    }

    private async ValueTask CommitAsync(List<QueuedWrite> batch)
    {
        if (batch.Count == 0)
            return;

        var began = TimeProvider.System.GetTimestamp(); // the database's waiting is real, whatever the stores' clock says
        var areApart = false;
        for (var attempt = 1; ; attempt++)
        {
            var isCommitting = false;
            try
            {
                _session ??= await _dialect.OpenAsync(isWriter: true, CancellationToken.None).ConfigureAwait(false);
                if (!await TryRunAsync(_session, batch, areApart).ConfigureAwait(false))
                {
                    await _session.ExecuteAsync("ROLLBACK").ConfigureAwait(false);
                    _specs.Clear();
                    areApart = true;
                    await TryRunAsync(_session, batch, areApart).ConfigureAwait(false);
                }

                isCommitting = true;
                await _session.ExecuteAsync("COMMIT").ConfigureAwait(false);
                Interlocked.Increment(ref _commits);
                break;
            }
            catch (Exception error)
            {
                var failure = error is DbException known ? _dialect.FailureOf(known) : SqlFailure.Other;
                await TakeBackAsync(failure).ConfigureAwait(false);
                var isInDoubt = isCommitting && _dialect.LeavesDoubt(error);
                if (!isInDoubt && MayTryAgain(failure, areApart, attempt, began))
                {
                    _logger.WritesRetried(batch.Count, _dialect.Place, failure, attempt);
                    areApart |= failure == SqlFailure.LockWait; // so that only those fail that need what is held
                    await PauseAsync(failure, attempt).ConfigureAwait(false);
                    continue;
                }

                _logger.WritesFailed(batch.Count, _dialect.Place, error);
                Fail(batch, isInDoubt ? InDoubt(error) : error is DbException described ? _dialect.Describe(described) : error);
                return;
            }
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
            {
                await RunApartAsync(session, write).ConfigureAwait(false);
                continue;
            }

            var before = session.Writes;
            try
            {
                await write.RunAsync(session).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not DbException failure || _dialect.FailureOf(failure) is SqlFailure.Statement or SqlFailure.Duplicate)
            {
                write.Refuse(error is DbException refused ? _dialect.Describe(refused) : error);
                if (session.Writes > before || error is DbException)
                    return false;
            }
        }

        return true;
    }

    /// <summary>Runs a write that is taken back alone when it fails. Where a row of another writer was in the way, it looks again, for now it sees that row.</summary>
    private async ValueTask RunApartAsync(SqlSession session, QueuedWrite write)
    {
        await session.ExecuteAsync("SAVEPOINT one").ConfigureAwait(false);
        for (var look = 1; ; look++)
        {
            try
            {
                await write.RunAsync(session).ConfigureAwait(false);
                break;
            }
            catch (Exception error) when (error is not DbException failure || _dialect.FailureOf(failure) is SqlFailure.Statement or SqlFailure.Duplicate or SqlFailure.LockWait)
            {
                await session.ExecuteAsync("ROLLBACK TO SAVEPOINT one").ConfigureAwait(false);
                _specs.Clear();
                if (error is DbException duplicate && _dialect.IsUniqueViolation(duplicate) && look < MaxLooks)
                    continue;
                write.Refuse(error is DbException refused ? _dialect.Describe(refused) : error);
                break;
            }
        }

        await session.ExecuteAsync("RELEASE SAVEPOINT one").ConfigureAwait(false);
    }

    private static bool MayTryAgain(SqlFailure failure, bool areApart, int attempt, long began) =>
        attempt < MaxTries
        && TimeProvider.System.GetElapsedTime(began) < s_patience
        && (failure is SqlFailure.Deadlock or SqlFailure.Lost || (failure == SqlFailure.LockWait && !areApart));

    /// <summary>Waits some milliseconds, twice as many each time: writers that met once should not meet again, and a server needs time to come back.</summary>
    private static Task PauseAsync(SqlFailure failure, int attempt)
    {
        var most = (failure == SqlFailure.Lost ? 40 : 5) << attempt;
        return Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(most / 2, most)), TimeProvider.System);
    }

    /// <summary>Takes back what was not committed. Closing the connection does that too, where its state is unknown.</summary>
    private async ValueTask TakeBackAsync(SqlFailure failure)
    {
        _specs.Clear();
        if (failure is SqlFailure.Deadlock or SqlFailure.LockWait && _session is { } session)
        {
            try
            {
                await session.ExecuteAsync("ROLLBACK").ConfigureAwait(false);
                return;
            }
            catch (DbException)
            {
                // the connection goes, then
            }
        }

        await CloseAsync().ConfigureAwait(false);
    }

    private UnavailableException InDoubt(Exception error) => new(
        "storage.outcome_unknown",
        $"The connection to the database {_dialect.Place} was lost before it answered the commit, so it is not known whether this was written. Read it again before you repeat it.",
        error);

    private static void Fail(List<QueuedWrite> batch, Exception failure)
    {
        foreach (var write in batch)
            write.Fail(failure);
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
