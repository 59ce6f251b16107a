using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>Points at another resource by name. The field that holds it says the kind.</summary>
/// <remarks>Resolved first among the user's own resources, then among the public ones (owner <see cref="ResourceKey.SystemOwner"/>).</remarks>
public sealed record ResourceReference
{
    /// <summary>Name of the resource.</summary>
    public required string Name { get; init; }

    /// <summary>Namespace of the resource. Default <c>default</c>, whatever the namespace of the referrer.</summary>
    [JsonConverter(typeof(CommonTextConverter))]
    public string Namespace { get; init => field = value ?? ObjectMeta.DefaultNamespace; } = ObjectMeta.DefaultNamespace;

    /// <summary>Id of the owner of a shared resource, as the upstream system writes it. Null for one's own and public ones.</summary>
    [JsonPropertyName("user_id")]
    public long? UserId { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }

    /// <summary>The identity this reference means if <paramref name="owner"/> owns a resource of <paramref name="kind"/> by that name.</summary>
    public ResourceKey ToKey(string owner, string kind) => new(owner, Namespace, kind, Name);
}
