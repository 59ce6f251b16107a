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
        while (_idle.TryTake(out var session))
            await session.DisposeAsync().ConfigureAwait(false);
        _isClosed = true;
        _free.Release(max); // who waits must not wait for ever
    }

    private async ValueTask<T> RunOnIdleAsync<T>(Func<SqlSession, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        SqlSession? session = null;
        try
        {
            if (!_idle.TryTake(out session))
                session = await dialect.OpenAsync(isWriter: false, cancellationToken).ConfigureAwait(false);
            var result = await work(session).ConfigureAwait(false);
            _idle.Add(session);
            return result;
        }
        catch (Exception error)
        {
            if (session is not null)
                await session.DisposeAsync().ConfigureAwait(false); // its state is unknown
            if (error is DbException failure)
                throw dialect.Describe(failure);
            throw;
        }
    }
}
