using System.Data;
using System.Text;
using Dapper;
using MySqlConnector;

namespace Wegent.Runtime.Storage.Sql.MySql;

/// <summary>The values of one run of a statement, as Dapper takes them.</summary>
internal sealed class MySqlArguments(ReadOnlySpan<SqlArgument> arguments) : SqlMapper.IDynamicParameters
{
    private readonly SqlArgument[] _arguments = arguments.ToArray(); // a span does not outlive the first wait
    private MySqlCommand? _command;

    /// <summary>The id that the statement gave to a row, once it ran.</summary>
    public long LastInsertedId => _command?.LastInsertedId ?? 0;

    /// <summary>How many bytes the values have, or a little more.</summary>
    public long Size
    {
        get
        {
            var size = 0L;
            foreach (ref readonly var argument in _arguments.AsSpan())
            {
                size += argument.Reference switch
                {
                    string text => Encoding.UTF8.GetByteCount(text),
                    byte[] bytes => bytes.Length,
                    _ => sizeof(long),
                };
            }

            return size;
        }
    }

    void SqlMapper.IDynamicParameters.AddParameters(IDbCommand command, SqlMapper.Identity identity)
    {
        _command = (MySqlCommand)command;
        foreach (ref readonly var argument in _arguments.AsSpan())
        {
            _command.Parameters.Add(new MySqlParameter
            {
                ParameterName = argument.Name,
                Value = argument.Kind switch
                {
                    SqlArgumentKind.Number => argument.Number,
                    SqlArgumentKind.Null => DBNull.Value,
                    _ => argument.Reference,
                },
            });
        }
    }
}
