using System.Data.Common;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>Columns as the records have them.</summary>
internal static class SqlReading
{
    /// <summary>A text, or null.</summary>
    public static string? FindString(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    /// <summary>A time.</summary>
    public static DateTimeOffset GetTime(this DbDataReader reader, int column) => StoreTime.FromMicroseconds(reader.GetInt64(column));

    /// <summary>A time, or null.</summary>
    public static DateTimeOffset? FindTime(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetTime(column);
}
