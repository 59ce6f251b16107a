using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Wegent.Runtime.Storage.Sql.Sqlite;

/// <summary>A connection to the file. SQLite blocks, so every call has ended when it returns.</summary>
internal sealed class SqliteSession(SqliteConnection connection, SqlDialect dialect) : SqlSession
{
    private readonly Dictionary<string, SqliteStatement> _prepared = new(StringComparer.Ordinal);

    private sqlite3 Database => connection.Handle!; // it was opened

    public override ValueTask<int> ExecuteAsync(string sql, params ReadOnlySpan<SqlArgument> arguments)
    {
        var statement = Begin(sql, arguments);
        try
        {
            statement.Run();
            CountWrite(statement);
            return new(raw.sqlite3_changes(Database));
        }
        finally
        {
            statement.Reset();
        }
    }

    public override ValueTask<long> InsertAsync(string sql, params ReadOnlySpan<SqlArgument> arguments)
    {
        var statement = Begin(sql, arguments);
        try
        {
            statement.Run();
            CountWrite(statement);
            return new(raw.sqlite3_last_insert_rowid(Database));
        }
        finally
        {
            statement.Reset();
        }
    }

    public override ValueTask<T?> FindAsync<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlArgument> arguments)
        where T : default
    {
        var statement = Begin(sql, arguments);
        try
        {
            return new(statement.Step() ? map(statement) : default);
        }
        finally
        {
            statement.Reset();
        }
    }

    public override ValueTask<List<T>> QueryAsync<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlArgument> arguments)
    {
        var statement = Begin(sql, arguments);
        try
        {
            var rows = new List<T>();
            while (statement.Step())
                rows.Add(map(statement));
            return new(rows);
        }
        finally
        {
            statement.Reset();
        }
    }

    public override ValueTask RunScriptAsync(string script)
    {
        Writes++;
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // a migration or a pragma of ours
        command.CommandText = script;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
        return default;
    }

    public override ValueTask DisposeAsync()
    {
        foreach (var statement in _prepared.Values)
            statement.Dispose();
        connection.Dispose();
        return default;
    }

    private SqliteStatement Begin(string sql, ReadOnlySpan<SqlArgument> arguments)
    {
        if (!_prepared.TryGetValue(sql, out var statement))
            _prepared[sql] = statement = new(Database, dialect.Translate(sql), arguments);
        statement.Bind(arguments);
        return statement;
    }

    private void CountWrite(SqliteStatement statement)
    {
        if (statement.IsWrite)
            Writes++;
    }
}
