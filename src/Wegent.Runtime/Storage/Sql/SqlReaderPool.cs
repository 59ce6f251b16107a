using System.Collections.Concurrent;
using System.Data.Common;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>Connections that read: opened when needed, kept, and never more than a limit; who comes too many waits.</summary>
internal sealed class SqlReaderPool(SqlDialect dialect, int max) : IAsyncDisposable
{
    private readonly SemaphoreSlim _free = new(max, max);
    private readonly ConcurrentBag<SqlSession> _idle = [];
    private volatile bool _isClosed;

    /// <summary>Runs a read. A driver that blocks does so on the thread pool, never on the caller's own thread.</summary>
    public async ValueTask<T> RunAsync<T>(Func<SqlSession, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isClosed)
                throw new ObjectDisposedException(nameof(SqlDatabase), "The store was closed.");
            return dialect.IsSynchronous && !Thread.CurrentThread.IsThreadPoolThread
                ? await Task.Run(() => RunOnIdleAsync(work, cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false)
                : await RunOnIdleAsync(work, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Waits for the reads under way, then closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < max; i++)
            await _free.WaitAsync().ConfigureAwait(false);
        await CloseIdleAsync().ConfigureAwait(false);
        _isClosed = true;
        _free.Release(max); // who waits must not wait for ever
    }

    /// <summary>Runs a read; once more when its connection was lost, for one that rested may be dead without anybody having noticed.</summary>
    private async ValueTask<T> RunOnIdleAsync<T>(Func<SqlSession, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        for (var isRetry = false; ; isRetry = true)
        {
            SqlSession? session = null;
            try
            {
                if (isRetry || !_idle.TryTake(out session))
                    session = await dialect.OpenAsync(isWriter: false, cancellationToken).ConfigureAwait(false);
                var result = await work(session).ConfigureAwait(false);
                _idle.Add(session);
                return result;
            }
            catch (Exception error)
            {
                if (session is not null)
                    await session.DisposeAsync().ConfigureAwait(false); // its state is unknown
                if (error is not DbException failure)
                    throw;
                if (isRetry || dialect.FailureOf(failure) != SqlFailure.Lost)
                    throw dialect.Describe(failure);
                await CloseIdleAsync().ConfigureAwait(false); // what ended one connection has ended the others, most likely
            }
        }
    }

    private async ValueTask CloseIdleAsync()
    {
        while (_idle.TryTake(out var session))
            await session.DisposeAsync().ConfigureAwait(false);
    }
}
