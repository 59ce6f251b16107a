using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>Plans as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    WriteIndented = true,
    IgnoreReadOnlyProperties = true,
    Converters = [typeof(FieldChangeConverter)])]
[JsonSerializable(typeof(ResourcePlan))]
internal sealed partial class PlanJson : JsonSerializerContext
{
    /// <summary>With letters of all scripts as they are.</summary>
    public static PlanJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>A changed field with its values as JSON, not as texts that hold JSON.</summary>
internal sealed class FieldChangeConverter : JsonConverter<FieldChange>
{
    public override FieldChange Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("path", out var path) || path.ValueKind != JsonValueKind.String)
            throw new JsonException();
        return new FieldChange(path.GetString()!, TextOf(document.RootElement, "before"), TextOf(document.RootElement, "after"));
    }

    public override void Write(Utf8JsonWriter writer, FieldChange value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("path"u8, value.Path);
        WriteValue(writer, "before", value.Before);
        WriteValue(writer, "after", value.After);
        writer.WriteEndObject();
    }

    private static string? TextOf(JsonElement change, string name) => change.TryGetProperty(name, out var value) ? value.GetRawText() : null;

    private static void WriteValue(Utf8JsonWriter writer, string name, string? json)
    {
        if (json is null)
            return;
        writer.WritePropertyName(name);
        writer.WriteRawValue(json, skipInputValidation: true);
    }
}
