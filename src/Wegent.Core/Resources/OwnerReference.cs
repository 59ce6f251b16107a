using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>Names the resource that a resource belongs to; it lives in the same namespace.</summary>
public sealed record OwnerReference
{
    /// <summary>API version of the owner.</summary>
    [JsonConverter(typeof(CommonTextConverter))]
    public string ApiVersion { get; init => field = value ?? ResourceKinds.ApiVersion; } = ResourceKinds.ApiVersion;

    /// <summary>Kind of the owner.</summary>
    public required string Kind { get; init; }

    /// <summary>Name of the owner.</summary>
    public required string Name { get; init; }

    /// <summary>The owner's <see cref="ObjectMeta.Uid"/>, so that a recreated name is not mistaken for it.</summary>
    public string? Uid { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
