using System.Data.Common;

namespace Wegent.Runtime.Storage.Sql.MySql;

/// <summary>The row that a reader stands at.</summary>
internal sealed class MySqlRow(DbDataReader reader) : SqlRow
{
    public override bool IsNull(int column) => reader.IsDBNull(column);

    public override long GetInt64(int column) => reader.GetInt64(column);

    public override string GetString(int column) => reader.GetString(column);

    public override byte[] GetBytes(int column) => (byte[])reader.GetValue(column);
}
