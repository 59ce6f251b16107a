using System.Data;
using Dapper;
using MySqlConnector;

namespace Wegent.Runtime.Storage.Sql.MySql;

/// <summary>A connection to the server, by Dapper.</summary>
internal sealed class MySqlSession : SqlSession
{
    /// <summary>What a statement takes beside its values: the text, and some bytes a value.</summary>
    private const int Margin = 64 * 1024;

    /// <summary>A script may copy large tables.</summary>
    private const int ScriptSeconds = 3600;

    private readonly MySqlConnection _connection;
    private readonly MySqlDialect _dialect;
    private readonly HashSet<string> _prepared = new(StringComparer.Ordinal);
    private long _maxSize;

    private MySqlSession(MySqlConnection connection, MySqlDialect dialect)
    {
        _connection = connection;
        _dialect = dialect;
    }

    /// <summary>The server's number of the connection.</summary>
    internal int ServerThread => _connection.ServerThread;

    /// <summary>Connects, and settles what the stores rely on whatever the server's own settings are.</summary>
    /// <param name="dialect">The engine.</param>
    /// <param name="connectionString">Where to.</param>
    /// <param name="settings">Statements that settle the session; the last one selects how many bytes a statement may have.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<MySqlSession> OpenAsync(MySqlDialect dialect, string connectionString, string settings, CancellationToken cancellationToken)
    {
        var connection = new MySqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var session = new MySqlSession(connection, dialect);
            session._maxSize = await connection.QuerySingleAsync<long>(Command(settings)).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override ValueTask<int> ExecuteAsync(string sql, params ReadOnlySpan<SqlArgument> arguments) => ExecuteAsync(sql, new MySqlArguments(arguments));

    public override ValueTask<long> InsertAsync(string sql, params ReadOnlySpan<SqlArgument> arguments) => InsertAsync(sql, new MySqlArguments(arguments));

    public override ValueTask<T?> FindAsync<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlArgument> arguments)
        where T : default => FindAsync(sql, map, new MySqlArguments(arguments));

    public override ValueTask<List<T>> QueryAsync<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlArgument> arguments) => QueryAsync(sql, map, new MySqlArguments(arguments));

    public override async ValueTask RunScriptAsync(string script)
    {
        Writes++;
        await _connection.ExecuteAsync(Command(script, timeout: ScriptSeconds)).ConfigureAwait(false);
    }

    public override ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static CommandDefinition Command(string text, MySqlArguments? arguments = null, int? timeout = null) =>
        new(text, arguments, commandTimeout: timeout, commandType: CommandType.Text);

    private async ValueTask<int> ExecuteAsync(string sql, MySqlArguments arguments)
    {
        var statement = await PrepareAsync(sql, arguments).ConfigureAwait(false);
        var changed = await _connection.ExecuteAsync(Command(statement.Text, arguments)).ConfigureAwait(false);
        if (statement.IsWrite)
            Writes++;
        return changed;
    }

    private async ValueTask<long> InsertAsync(string sql, MySqlArguments arguments)
    {
        await ExecuteAsync(sql, arguments).ConfigureAwait(false);
        return arguments.LastInsertedId;
    }

    private async ValueTask<T?> FindAsync<T>(string sql, Func<SqlRow, T> map, MySqlArguments arguments)
    {
        var statement = await PrepareAsync(sql, arguments).ConfigureAwait(false);
        var reader = await _connection.ExecuteReaderAsync(Command(statement.Text, arguments)).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
            return await reader.ReadAsync().ConfigureAwait(false) ? map(new MySqlRow(reader)) : default;
    }

    private async ValueTask<List<T>> QueryAsync<T>(string sql, Func<SqlRow, T> map, MySqlArguments arguments)
    {
        var statement = await PrepareAsync(sql, arguments).ConfigureAwait(false);
        var reader = await _connection.ExecuteReaderAsync(Command(statement.Text, arguments)).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var row = new MySqlRow(reader);
            var rows = new List<T>();
            while (await reader.ReadAsync().ConfigureAwait(false))
                rows.Add(map(row));
            return rows;
        }
    }

    /// <summary>Has the server parse the statement, once: the driver finds what it prepared by the text.</summary>
    private async ValueTask<MySqlStatement> PrepareAsync(string sql, MySqlArguments arguments)
    {
        if (_connection.State != ConnectionState.Open)
            throw new MySqlSessionLostException();
        var size = arguments.Size;
        if (size > _maxSize - Margin)
            throw new WegentException("storage.too_large", $"This takes {size} bytes, and the database {_dialect.Place} takes {_maxSize} in one statement. Send less, or raise max_allowed_packet on the server.");

        var statement = _dialect.StatementOf(sql);
        if (statement.IsPrepared && !_prepared.Contains(sql))
        {
            using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // a statement of ours
            command.CommandText = statement.Text;
#pragma warning restore CA2100
            await command.PrepareAsync().ConfigureAwait(false);
            _prepared.Add(sql);
        }

        return statement;
    }
}
