using System.Data.Common;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>
/// One connection with its prepared statements: each SQL text is parsed once a connection, which is most of what a small
/// statement costs. Not for concurrent use.
/// </summary>
internal sealed class SqlSession(DbConnection connection, SqlDialect dialect) : IAsyncDisposable
{
    private readonly Dictionary<string, DbCommand> _prepared = new(StringComparer.Ordinal);

    /// <summary>How many statements that write were run: whether there is anything to take back.</summary>
    public long Writes { get; private set; }

    /// <summary>Runs a statement that gives no rows.</summary>
    /// <returns>How many rows it changed.</returns>
    public ValueTask<int> ExecuteAsync(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = Bind(sql, values);
        Writes++;
        return dialect.IsSynchronous ? new(command.ExecuteNonQuery()) : new(command.ExecuteNonQueryAsync());
    }

    /// <summary>Runs an insert that ends in the mark <c>/*id*/</c>.</summary>
    /// <returns>The new row's id.</returns>
    public ValueTask<long> InsertAsync(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        Writes++;
        return FindAsync(sql, static reader => reader.GetInt64(0), values);
    }

    /// <summary>Reads the first row, or gives the default when there is none.</summary>
    public ValueTask<T?> FindAsync<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = Bind(sql, values);
        if (!dialect.IsSynchronous)
            return FindSlowlyAsync(command, map);
        using var reader = command.ExecuteReader();
        return new(reader.Read() ? map(reader) : default);
    }

    /// <summary>Reads all rows.</summary>
    public ValueTask<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = Bind(sql, values);
        if (!dialect.IsSynchronous)
            return QuerySlowlyAsync(command, map);
        var rows = new List<T>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
            rows.Add(map(reader));
        return new(rows);
    }

    /// <summary>Runs a script of several statements, once.</summary>
    public async ValueTask RunScriptAsync(string script)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = script;
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var command in _prepared.Values)
            await command.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private static async ValueTask<T?> FindSlowlyAsync<T>(DbCommand command, Func<DbDataReader, T> map)
    {
        var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
            return await reader.ReadAsync().ConfigureAwait(false) ? map(reader) : default;
    }

    private static async ValueTask<List<T>> QuerySlowlyAsync<T>(DbCommand command, Func<DbDataReader, T> map)
    {
        var rows = new List<T>();
        var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync().ConfigureAwait(false))
                rows.Add(map(reader));
        }

        return rows;
    }

    private DbCommand Bind(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
            _prepared[sql] = command = Prepare(sql, values);

        if (command.Parameters.Count != values.Length)
            throw new InvalidOperationException("A statement takes the same parameters each time.");
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = command.Parameters[i];
            if (parameter.ParameterName != values[i].Name)
                throw new InvalidOperationException($"Parameter {i} is {parameter.ParameterName}, not {values[i].Name}: a statement takes the same parameters each time, in one order.");
            parameter.Value = values[i].Value ?? DBNull.Value;
        }

        return command;
    }

    private DbCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // the texts are constants of ours; values are parameters
        command.CommandText = dialect.Translate(sql);
#pragma warning restore CA2100
        foreach (var (name, _) in values)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
