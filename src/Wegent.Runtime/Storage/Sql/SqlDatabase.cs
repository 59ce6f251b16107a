using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>
/// A database as the SQL stores use it: reads on a bounded pool of connections, writes through one writer that commits them in
/// groups. Opens, and brings the schema up to date, with the first use or with <see cref="OpenAsync"/>.
/// </summary>
internal sealed class SqlDatabase : IAsyncDisposable, IDisposable
{
    private readonly SqlDialect _dialect;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly SqlReaderPool _readers;
    private readonly SqlReaderPool? _copyReaders;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile SqlWriter? _writer;
    private bool _isDisposed;

    /// <param name="dialect">The engine.</param>
    /// <param name="maxReaders">How many connections may read at once.</param>
    /// <param name="clock">The present time.</param>
    /// <param name="logger">Where the opening and failures are told.</param>
    /// <param name="copy">A copy that follows the database, for reads that may lag; null when there is none.</param>
    public SqlDatabase(SqlDialect dialect, int maxReaders, TimeProvider clock, ILogger logger, SqlDialect? copy = null)
    {
        _dialect = dialect;
        _clock = clock;
        _logger = logger;
        _readers = new(dialect, maxReaders);
        _copyReaders = copy is null ? null : new(copy, maxReaders);
    }

    /// <summary>The engine.</summary>
    public SqlDialect Dialect => _dialect;

    /// <summary>Forgotten whenever written rows are taken back, so that nothing outlives them.</summary>
    public TaskSpecCache Specs { get; } = new();

    /// <summary>The present time as the columns hold it.</summary>
    public DateTimeOffset Now => StoreTime.Now(_clock);

    /// <summary>How many transactions of writes were committed since the opening.</summary>
    internal long Commits => _writer?.Commits ?? 0;

    /// <summary>Opens the database and brings its schema up to date. Does nothing when that is done.</summary>
    /// <exception cref="UnavailableException"><c>storage.unavailable</c>.</exception>
    /// <exception cref="WegentException"><c>storage.schema_newer</c>, <c>storage.schema_changed</c> or <c>storage.schema_half_made</c>.</exception>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (_writer is not null)
            return;
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_writer is not null)
                return;

            var version = await MigrateAsync(cancellationToken).ConfigureAwait(false);
            _logger.StorageOpened(_dialect.Name, _dialect.Place, version);
            _writer = new SqlWriter(_dialect, Specs, _logger);
        }
        catch (DbException error)
        {
            throw _dialect.Describe(error);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Reads on one connection of the pool.</summary>
    /// <param name="work">What to read.</param>
    /// <param name="cancellationToken">Ends the wait for a connection.</param>
    public async ValueTask<T> ReadAsync<T>(Func<SqlSession, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken).ConfigureAwait(false);
        return await _readers.RunAsync(work, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads on one connection of the pool, or of that of the copy; when the copy cannot answer, the database does.</summary>
    /// <param name="work">What to read.</param>
    /// <param name="mayLag">Whether the copy may answer.</param>
    /// <param name="cancellationToken">Ends the wait for a connection.</param>
    public async ValueTask<T> ReadAsync<T>(Func<SqlSession, ValueTask<T>> work, bool mayLag, CancellationToken cancellationToken)
    {
        if (mayLag && _copyReaders is { } copy)
        {
            try
            {
                return await copy.RunAsync(work, cancellationToken).ConfigureAwait(false);
            }
            catch (WegentException error)
            {
                _logger.CopyFailed(error.Message);
            }
        }

        return await ReadAsync(work, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads several statements of one state of the data.</summary>
    public ValueTask<T> ReadSnapshotAsync<T>(Func<SqlSession, ValueTask<T>> work, CancellationToken cancellationToken) => ReadAsync(
        async session =>
        {
            await session.ExecuteAsync(_dialect.BeginSnapshot).ConfigureAwait(false);
            var result = await work(session).ConfigureAwait(false);
            await session.ExecuteAsync("COMMIT").ConfigureAwait(false);
            return result; // after a failure the connection is closed, which ends the transaction too
        },
        cancellationToken);

    /// <summary>Writes, all or nothing. Returns after the write is durable.</summary>
    /// <param name="work">What to write. It may run again from the start when the engine asks for it, so it touches nothing but the session.</param>
    /// <param name="cancellationToken">Takes the write back as long as it waits for its turn; later it has no effect.</param>
    /// <exception cref="UnavailableException"><c>storage.unavailable</c>: nothing was written; <c>storage.outcome_unknown</c>: the connection was lost before the commit was answered.</exception>
    public async ValueTask<T> WriteAsync<T>(Func<SqlSession, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken).ConfigureAwait(false);
        return await _writer!.RunAsync(work, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends what was accepted, then closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _opening.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }
        finally
        {
            _opening.Release();
        }

        await _readers.DisposeAsync().ConfigureAwait(false);
        if (_copyReaders is { } copy)
            await copy.DisposeAsync().ConfigureAwait(false);
        if (_writer is { } writer)
            await writer.DisposeAsync().ConfigureAwait(false); // last, so that the engine can tidy its files
    }

    /// <summary>The same, for containers that are disposed without waiting. Blocks until what was accepted is written.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async ValueTask<int> MigrateAsync(CancellationToken cancellationToken)
    {
        var session = await _dialect.OpenAsync(isWriter: true, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
            return await new SqlMigrator(_dialect, SqlMigration.Of(_dialect), Now).RunAsync(session).ConfigureAwait(false);
    }
}
