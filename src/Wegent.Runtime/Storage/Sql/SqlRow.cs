namespace Wegent.Runtime.Storage.Sql;

/// <summary>The row that a reading statement stands at. Counts only while the row is mapped.</summary>
internal abstract class SqlRow
{
    /// <summary>Whether a column is null.</summary>
    public abstract bool IsNull(int column);

    /// <summary>A number.</summary>
    public abstract long GetInt64(int column);

    /// <summary>A text.</summary>
    public abstract string GetString(int column);

    /// <summary>Bytes.</summary>
    public abstract byte[] GetBytes(int column);

    /// <summary>A small number.</summary>
    public int GetInt32(int column) => checked((int)GetInt64(column));

    /// <summary>A text, or null.</summary>
    public string? FindString(int column) => IsNull(column) ? null : GetString(column);

    /// <summary>A time.</summary>
    public DateTimeOffset GetTime(int column) => StoreTime.FromMicroseconds(GetInt64(column));

    /// <summary>A time, or null.</summary>
    public DateTimeOffset? FindTime(int column) => IsNull(column) ? null : GetTime(column);
}
