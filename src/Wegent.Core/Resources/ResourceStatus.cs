using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>Observed state of a resource. Written by the system only.</summary>
public record ResourceStatus
{
    /// <summary>The value of <see cref="State"/> for a usable resource.</summary>
    public const string Available = "Available";

    /// <summary>The value of <see cref="State"/> for a resource that cannot be used; <see cref="Message"/> says why.</summary>
    public const string Unavailable = "Unavailable";

    /// <summary><see cref="Available"/> (default) or <see cref="Unavailable"/>.</summary>
    public string State { get; init => field = value ?? Available; } = Available;

    /// <summary>Why, for people. Null when there is nothing to say.</summary>
    public string? Message { get; init; }

    /// <summary>The <see cref="ObjectMeta.Generation"/> that this status speaks about.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>Single aspects of the state. Null when none.</summary>
    public IReadOnlyList<ResourceCondition>? Conditions { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
