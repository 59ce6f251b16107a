using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Wegent.Resources;

namespace Wegent.Validation;

/// <summary>What a value must look like.</summary>
internal enum ContractShape
{
    /// <summary>Any value, taken as it stands.</summary>
    Any,

    Text,
    Integer32,
    Integer64,
    Number,
    Boolean,
    Time,

    /// <summary>One of <see cref="Contract.Names"/>.</summary>
    Choice,

    /// <summary>A mapping with <see cref="Contract.Fields"/>.</summary>
    Object,

    /// <summary>A sequence of <see cref="Contract.Element"/>.</summary>
    List,

    /// <summary>A mapping of any keys to <see cref="Contract.Element"/>.</summary>
    Map,
}

/// <summary>A field of an object's contract.</summary>
/// <param name="Name">As in YAML and JSON.</param>
/// <param name="Required">Whether it must be there.</param>
/// <param name="Contract">What its value must look like.</param>
internal sealed record ContractField(string Name, bool Required, Contract Contract)
{
    /// <summary>The name as the JSON writer wants it, escaped once.</summary>
    public JsonEncodedText EncodedName { get; } = JsonEncodedText.Encode(Name);
}

/// <summary>The shape of a record, read off the serializer's own contract: there is no second schema that could disagree with it.</summary>
internal sealed class Contract
{
    private static readonly ConcurrentDictionary<Type, Contract> s_contracts = new();

    // Built at first need: contracts may refer to each other.
    private readonly Lazy<FrozenDictionary<string, ContractField>> _fields;
    private readonly Lazy<int> _required;
    private readonly Lazy<Contract?> _element;

    private Contract(JsonTypeInfo info)
    {
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        Shape = ShapeOf(info, type);
        IsFreeForm = type.IsAssignableTo(typeof(IFreeForm));
        Names = Shape == ContractShape.Choice ? ((IWireNames)ResourceJson.ContractOf(type).Converter).Names : [];
        _fields = new(() => FieldsOf(info));
        _required = new(() => Fields.Values.Count(static field => field.Required));
        _element = new(() => info.ElementType is null ? null : For(info.ElementType));
    }

    public ContractShape Shape { get; }

    /// <summary>Whether an object takes fields it does not name.</summary>
    public bool IsFreeForm { get; }

    /// <summary>The allowed values of a choice.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The fields of an object, by name.</summary>
    public FrozenDictionary<string, ContractField> Fields => _fields.Value;

    /// <summary>How many of <see cref="Fields"/> are required.</summary>
    public int RequiredCount => _required.Value;

    /// <summary>What the items of a list or the values of a map look like.</summary>
    public Contract Element => _element.Value ?? throw new InvalidOperationException("only lists and maps have elements");

    /// <summary>The contract of one of our records, or of a type in them.</summary>
    public static Contract For(Type type) => s_contracts.GetOrAdd(type, static type => new Contract(ResourceJson.ContractOf(type)));

    private static ContractShape ShapeOf(JsonTypeInfo info, Type type) => info.Kind switch
    {
        JsonTypeInfoKind.Object => ContractShape.Object,
        JsonTypeInfoKind.Enumerable => ContractShape.List,
        JsonTypeInfoKind.Dictionary => ContractShape.Map,
        _ when type == typeof(string) => ContractShape.Text,
        _ when type == typeof(int) => ContractShape.Integer32,
        _ when type == typeof(long) => ContractShape.Integer64,
        _ when type == typeof(double) => ContractShape.Number,
        _ when type == typeof(bool) => ContractShape.Boolean,
        _ when type == typeof(DateTimeOffset) => ContractShape.Time,
        _ when type == typeof(JsonElement) => ContractShape.Any,
        _ when type.IsEnum => ContractShape.Choice,
        _ => throw new NotSupportedException($"a resource cannot hold a {type}; teach {nameof(Contract)} and {nameof(StructureChecker)} to read it"),
    };

    private static FrozenDictionary<string, ContractField> FieldsOf(JsonTypeInfo info) => info.Properties
        .Where(static property => !property.IsExtensionData)
        .ToFrozenDictionary(
            static property => property.Name,
            static property => new ContractField(property.Name, property.IsRequired, For(property.PropertyType)),
            StringComparer.Ordinal);
}
