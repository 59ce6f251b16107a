using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>An enumeration's converter that can name the values it reads, so that a finding can suggest the nearest one.</summary>
internal interface IWireNames
{
    /// <summary>Every accepted value, in the order of the documentation.</summary>
    IReadOnlyList<string> Names { get; }
}

/// <summary>Reads and writes an enumeration by the exact names it has in YAML and JSON.</summary>
/// <remarks>An explicit table instead of the serializer's own string converter: the structure check needs the names, without reflection.</remarks>
internal abstract class WireEnumConverter<T> : JsonConverter<T>, IWireNames
    where T : struct, Enum
{
    private readonly (string Name, T Value)[] _table;
    private readonly string[] _names;

    protected WireEnumConverter(params (string Name, T Value)[] table)
    {
        _table = table;
        _names = Array.ConvertAll(table, static row => row.Name);
    }

    public IReadOnlyList<string> Names => _names;

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            foreach (var (name, value) in _table)
            {
                if (reader.ValueTextEquals(name))
                    return value;
            }
        }
        throw new JsonException($"expected one of: {string.Join(", ", _names)}");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(NameOf(value));

    public string NameOf(T value)
    {
        foreach (var (name, candidate) in _table)
        {
            if (EqualityComparer<T>.Default.Equals(candidate, value))
                return name;
        }
        throw new JsonException($"{typeof(T).Name} has no value {value}");
    }
}
