namespace Wegent.Runtime.Storage.Sql;

/// <summary>A named value for a statement. Written as a pair: <c>("id", 42)</c>.</summary>
internal readonly struct SqlArgument
{
    private SqlArgument(string name, SqlArgumentKind kind, long number = 0, object? reference = null)
    {
        Name = name;
        Kind = kind;
        Number = number;
        Reference = reference;
    }

    /// <summary>Name of the parameter, without a mark.</summary>
    public string Name { get; }

    /// <summary>What the value is.</summary>
    public SqlArgumentKind Kind { get; }

    /// <summary>The value of a number.</summary>
    public long Number { get; }

    /// <summary>The value of a text or of bytes.</summary>
    public object? Reference { get; }

    public static implicit operator SqlArgument((string Name, int Value) pair) => new(pair.Name, SqlArgumentKind.Number, pair.Value);

    public static implicit operator SqlArgument((string Name, long Value) pair) => new(pair.Name, SqlArgumentKind.Number, pair.Value);

    public static implicit operator SqlArgument((string Name, long? Value) pair) =>
        pair.Value is { } number ? new(pair.Name, SqlArgumentKind.Number, number) : new(pair.Name, SqlArgumentKind.Null);

    public static implicit operator SqlArgument((string Name, string? Value) pair) =>
        new(pair.Name, pair.Value is null ? SqlArgumentKind.Null : SqlArgumentKind.Text, reference: pair.Value);

    public static implicit operator SqlArgument((string Name, byte[] Value) pair) => new(pair.Name, SqlArgumentKind.Bytes, reference: pair.Value);
}

/// <summary>What the value of an argument is.</summary>
internal enum SqlArgumentKind
{
    /// <summary>Nothing.</summary>
    Null,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A text.</summary>
    Text,

    /// <summary>Bytes.</summary>
    Bytes,
}
