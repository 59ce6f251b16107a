using System.Text.Json;
using System.Text.Json.Serialization;
using Wegent.Storage;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>The column <c>origin</c>: JSON, or null.</summary>
internal static class OriginMapping
{
    public static string? ToText(ResourceOrigin? origin) =>
        origin is null ? null : JsonSerializer.Serialize(origin, OriginJson.Default.ResourceOrigin);

    public static ResourceOrigin? FromText(string? text) =>
        text is null ? null : JsonSerializer.Deserialize(text, OriginJson.Default.ResourceOrigin);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ResourceOrigin))]
internal sealed partial class OriginJson : JsonSerializerContext;
