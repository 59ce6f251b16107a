using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>A way of working together that several teams share by <see cref="TeamSpec.CollaborationRef"/>.</summary>
/// <remarks>
/// Upstream documents the kind in one form, <c>type: workflow</c> with steps, and never ran it. Here it means: a pipeline whose
/// stages are the steps in order; a step's participants, named by bot, run one after another. The other types are the models of
/// <see cref="CollaborationModel"/> under a shared name, with their settings.
/// </remarks>
public sealed record CollaborationResource : Resource<CollaborationSpec, ResourceStatus>
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-90)]
    public override string Kind => ResourceKinds.Collaboration;
}

/// <summary>Desired state of a <see cref="CollaborationResource"/>.</summary>
public sealed record CollaborationSpec
{
    /// <summary>The way of working together.</summary>
    public required CollaborationType Type { get; init; }

    /// <summary>What it is good for.</summary>
    public string? Description { get; init; }

    /// <summary>Settings of the type. Required for <c>workflow</c>; null: defaults.</summary>
    public CollaborationConfig? Config { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>The types of a <see cref="CollaborationResource"/>.</summary>
[JsonConverter(typeof(CollaborationTypeConverter))]
public enum CollaborationType
{
    /// <summary><c>workflow</c>: a pipeline along <see cref="CollaborationConfig.Steps"/>.</summary>
    Workflow,

    /// <summary><c>solo</c>, as <see cref="CollaborationModel.Solo"/>.</summary>
    Solo,

    /// <summary><c>pipeline</c>, as <see cref="CollaborationModel.Pipeline"/>.</summary>
    Pipeline,

    /// <summary><c>route</c>, as <see cref="CollaborationModel.Route"/>.</summary>
    Route,

    /// <summary><c>coordinate</c>, as <see cref="CollaborationModel.Coordinate"/>.</summary>
    Coordinate,

    /// <summary><c>collaborate</c>, as <see cref="CollaborationModel.Collaborate"/>.</summary>
    Collaborate,
}

internal sealed class CollaborationTypeConverter() : WireEnumConverter<CollaborationType>(
    ("workflow", CollaborationType.Workflow),
    ("solo", CollaborationType.Solo),
    ("pipeline", CollaborationType.Pipeline),
    ("route", CollaborationType.Route),
    ("coordinate", CollaborationType.Coordinate),
    ("collaborate", CollaborationType.Collaborate));

/// <summary>Settings of a <see cref="CollaborationResource"/>.</summary>
public sealed record CollaborationConfig
{
    /// <summary>For <c>workflow</c>: the stages in order. Null for the other types.</summary>
    public IReadOnlyList<CollaborationStep>? Steps { get; init; }

    /// <summary>For <c>collaborate</c>: the last round, 1 to 50. Null: 4.</summary>
    public int? MaxRounds { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>One stage of a workflow.</summary>
public sealed record CollaborationStep
{
    /// <summary>Name of the stage, unique within the workflow.</summary>
    public required string Name { get; init; }

    /// <summary>Names of the bots that work on it, each a member of the team that uses the workflow.</summary>
    public required IReadOnlyList<string> Participants { get; init; }

    /// <summary>Stop after this stage until a person has confirmed. Default false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool RequireConfirmation { get; init; }

    /// <summary>What this stage hands to the next one. Null: the team plan's default.</summary>
    public ContextPassing? ContextPassing { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
