using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Wegent.Resources;

/// <summary>Resources as JSON, by contracts generated at compile time: one schema for YAML, API, storage and wire.</summary>
/// <remarks>
/// Names are camelCase with upstream's exceptions (<c>preload_skills</c>, <c>bind_mode</c>, <c>is_group_chat</c>, <c>user_id</c> …);
/// nulls are not written. Text is written as it is, without HTML escapes: serve it as <c>application/json</c>, never inside a page.
/// </remarks>
public static class ResourceJson
{
    private static readonly ResourceContracts s_compact = new(new JsonSerializerOptions(ResourceContracts.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    private static readonly ResourceContracts s_indented = new(new JsonSerializerOptions(ResourceContracts.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    });

    /// <summary>The contracts, for an embedder's own serializer options: add it to their resolver chain.</summary>
    public static IJsonTypeInfoResolver TypeInfoResolver => s_compact;

    /// <summary>The contract of a resource's record, or of any record in it.</summary>
    /// <exception cref="ArgumentException"><paramref name="type"/> is not one of ours.</exception>
    public static JsonTypeInfo ContractOf(Type type) => ContractOf(s_compact, type);

    /// <summary>A resource as JSON text.</summary>
    /// <param name="resource">The resource, of any kind.</param>
    /// <param name="indented">Over several lines, for people. Default false.</param>
    public static string ToJson(Resource resource, bool indented = false)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return JsonSerializer.Serialize(resource, ContractOf(indented ? s_indented : s_compact, resource.GetType()));
    }

    /// <summary>A resource as UTF-8 JSON.</summary>
    public static byte[] ToUtf8(Resource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return JsonSerializer.SerializeToUtf8Bytes(resource, ContractOf(resource.GetType()));
    }

    /// <summary>Reads back what <see cref="ToJson"/> or <see cref="ToUtf8"/> wrote, as a store does.</summary>
    /// <param name="kind">The kind's name.</param>
    /// <param name="utf8Json">One JSON object.</param>
    /// <returns>The resource.</returns>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    /// <exception cref="JsonException">The text is no JSON, or does not fit the contract. Input of users goes through <c>ResourceReader</c> instead, which finds all faults at once.</exception>
    public static Resource FromUtf8(string kind, ReadOnlySpan<byte> utf8Json) =>
        (Resource)(JsonSerializer.Deserialize(utf8Json, ResourceKinds.Get(kind).Contract) ?? throw new JsonException("null is not a resource"));

    /// <summary>Reads back what <see cref="ToJson"/> wrote.</summary>
    /// <param name="kind">The kind's name.</param>
    /// <param name="json">One JSON object.</param>
    /// <returns>The resource.</returns>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    /// <exception cref="JsonException">The text is no JSON, or does not fit the contract.</exception>
    public static Resource FromJson(string kind, string json) =>
        (Resource)(JsonSerializer.Deserialize(json, ResourceKinds.Get(kind).Contract) ?? throw new JsonException("null is not a resource"));

    private static JsonTypeInfo ContractOf(ResourceContracts contracts, Type type) =>
        contracts.GetTypeInfo(type) ?? throw new ArgumentException($"{type.Name} is not part of a resource", nameof(type));
}
