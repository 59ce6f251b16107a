namespace Wegent.Runtime.Storage.Sql;

/// <summary>
/// One connection with its prepared statements: each SQL text is parsed once a connection, for parsing is most of what a small
/// statement costs. Not for concurrent use. A driver that blocks answers with completed tasks.
/// </summary>
internal abstract class SqlSession : IAsyncDisposable
{
    /// <summary>How many statements that may write were run: whether there is anything to take back.</summary>
    public long Writes { get; protected set; }

    /// <summary>Runs a statement that gives no rows.</summary>
    /// <returns>How many rows it changed.</returns>
    public abstract ValueTask<int> ExecuteAsync(string sql, params ReadOnlySpan<SqlArgument> arguments);

    /// <summary>Runs an insert that ends in the mark <c>/*id*/</c>.</summary>
    /// <returns>The new row's id.</returns>
    public abstract ValueTask<long> InsertAsync(string sql, params ReadOnlySpan<SqlArgument> arguments);

    /// <summary>Reads the first row, or gives the default when there is none.</summary>
    public abstract ValueTask<T?> FindAsync<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlArgument> arguments);

    /// <summary>Reads all rows.</summary>
    public abstract ValueTask<List<T>> QueryAsync<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlArgument> arguments);

    /// <summary>Runs a script of several statements, once.</summary>
    public abstract ValueTask RunScriptAsync(string script);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
