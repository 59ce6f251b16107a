using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>The serializer's contracts of every kind, generated at compile time. <see cref="ResourceJson"/> is the way in.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    MaxDepth = 128)] // twice the reader's levels, so that a document still fits inside a list or a reply
[JsonSerializable(typeof(GhostResource))]
[JsonSerializable(typeof(ModelResource))]
[JsonSerializable(typeof(ShellResource))]
[JsonSerializable(typeof(BotResource))]
[JsonSerializable(typeof(TeamResource))]
[JsonSerializable(typeof(CollaborationResource))]
[JsonSerializable(typeof(WorkspaceResource))]
[JsonSerializable(typeof(TaskResource))]
[JsonSerializable(typeof(SkillResource))]
[JsonSerializable(typeof(IReadOnlyList<OwnerReference>))]
internal sealed partial class ResourceContracts : JsonSerializerContext;
