using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>One aspect of a resource's observed state, in the form Kubernetes gives it.</summary>
public sealed record ResourceCondition
{
    /// <summary>The aspect, such as <c>ReferencesResolved</c>.</summary>
    public required string Type { get; init; }

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    public required string Status { get; init; }

    /// <summary>A word for programs, such as <c>MissingGhost</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>A sentence for people.</summary>
    public string? Message { get; init; }

    /// <summary>When <see cref="Status"/> last changed, UTC.</summary>
    public DateTimeOffset? LastTransitionTime { get; init; }

    /// <summary>The <see cref="ObjectMeta.Generation"/> that this condition speaks about.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
