using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>How the members of a team work together.</summary>
[JsonConverter(typeof(CollaborationModelConverter))]
public enum CollaborationModel
{
    /// <summary><c>solo</c>: the leader alone.</summary>
    Solo,

    /// <summary><c>pipeline</c>: members in order, each fed by what came before.</summary>
    Pipeline,

    /// <summary><c>route</c>: the leader picks the one member that answers.</summary>
    Route,

    /// <summary><c>coordinate</c>: the leader hands out work, members run in parallel, the leader writes the answer.</summary>
    Coordinate,

    /// <summary><c>collaborate</c>: rounds in a shared transcript.</summary>
    Collaborate,
}

internal sealed class CollaborationModelConverter() : WireEnumConverter<CollaborationModel>(
    ("solo", CollaborationModel.Solo),
    ("pipeline", CollaborationModel.Pipeline),
    ("route", CollaborationModel.Route),
    ("coordinate", CollaborationModel.Coordinate),
    ("collaborate", CollaborationModel.Collaborate));
