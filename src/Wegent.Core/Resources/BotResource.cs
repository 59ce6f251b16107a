using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>An agent: a ghost in a shell, with a model.</summary>
public sealed record BotResource : Resource<BotSpec, ResourceStatus>
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-90)]
    public override string Kind => ResourceKinds.Bot;
}

/// <summary>Desired state of a <see cref="BotResource"/>.</summary>
public sealed record BotSpec
{
    /// <summary>The personality.</summary>
    public required ResourceReference GhostRef { get; init; }

    /// <summary>The engine. Null only in documents that describe a bot in part: such a bot parses, and cannot run.</summary>
    public ResourceReference? ShellRef { get; init; }

    /// <summary>The model. Null: the task's choice, or the shell needs none.</summary>
    public ResourceReference? ModelRef { get; init; }

    /// <summary>A second model for auxiliary work. Null when none.</summary>
    public ResourceReference? SecondaryModelRef { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
