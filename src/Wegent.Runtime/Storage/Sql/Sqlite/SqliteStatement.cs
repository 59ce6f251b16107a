using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Wegent.Runtime.Storage.Sql.Sqlite;

/// <summary>
/// A prepared statement, by SQLite's own calls. The ADO.NET command looks every parameter up by name at every run, which makes
/// a statement of 18 parameters cost three times as much.
/// </summary>
internal sealed class SqliteStatement : SqlRow, IDisposable
{
    private const int Ok = 0, Row = 100, Done = 101, Persistent = 1, NullType = 5;
    private const int SmallText = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly (string Name, int Index)[] _parameters;

    public SqliteStatement(sqlite3 database, string sql, ReadOnlySpan<SqlArgument> arguments)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v3(database, sql, Persistent, out _statement));
        _parameters = new (string, int)[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
            _parameters[i] = (arguments[i].Name, raw.sqlite3_bind_parameter_index(_statement, "@" + arguments[i].Name));
    }

    /// <summary>Whether the statement can change the file.</summary>
    public bool IsWrite => raw.sqlite3_stmt_readonly(_statement) == 0;

    /// <summary>Sets the parameters.</summary>
    public void Bind(ReadOnlySpan<SqlArgument> arguments)
    {
        if (arguments.Length != _parameters.Length)
            throw new InvalidOperationException("A statement takes the same parameters each time.");
        for (var i = 0; i < arguments.Length; i++)
        {
            ref readonly var argument = ref arguments[i];
            var (name, index) = _parameters[i];
            if (!ReferenceEquals(name, argument.Name) && name != argument.Name)
                throw new InvalidOperationException($"Parameter {i} is {name}, not {argument.Name}: a statement takes the same parameters each time, in one order.");
            Check(argument.Kind switch
            {
                SqlArgumentKind.Number => raw.sqlite3_bind_int64(_statement, index, argument.Number),
                SqlArgumentKind.Text => BindText(index, (string)argument.Reference!), // not null, by its kind
                SqlArgumentKind.Bytes => raw.sqlite3_bind_blob(_statement, index, (byte[])argument.Reference!),
                _ => raw.sqlite3_bind_null(_statement, index),
            });
        }
    }

    /// <summary>Goes to the next row; false when there is none.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result is not (Row or Done))
            Check(result);
        return result == Row;
    }

    /// <summary>Runs a statement whose rows, if there are any, do not matter.</summary>
    public void Run()
    {
        while (Step())
        {
            // a pragma may answer
        }
    }

    /// <summary>Ends a run and lets go of its values.</summary>
    public void Reset()
    {
        _ = raw.sqlite3_reset(_statement); // says again what the step said
        _ = raw.sqlite3_clear_bindings(_statement);
    }

    public override bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == NullType;

    public override long GetInt64(int column) => raw.sqlite3_column_int64(_statement, column);

    // As bytes, for a text may hold a NUL.
    public override string GetString(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(_statement, column));

    public override byte[] GetBytes(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    public void Dispose() => _statement.Dispose();

    private int BindText(int index, string text)
    {
        if (text.Length == 0)
            return raw.sqlite3_bind_text(_statement, index, ""); // an empty span would be a null

        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (size <= SmallText)
        {
            Span<byte> small = stackalloc byte[SmallText];
            return raw.sqlite3_bind_text(_statement, index, small[..Encoding.UTF8.GetBytes(text, small)]);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            return raw.sqlite3_bind_text(_statement, index, buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Check(int result)
    {
        if (result != Ok)
            SqliteException.ThrowExceptionForRC(result, _database);
    }
}
