using System.Text.Json.Serialization;

namespace Wegent.Sandboxes.Wire;

/// <summary>The generated JSON contract of the frames.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(ExecutorCommand))]
[JsonSerializable(typeof(ExecutorMessage))]
internal sealed partial class ExecutorJson : JsonSerializerContext;
