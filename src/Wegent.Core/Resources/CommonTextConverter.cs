using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>Reads a text that is nearly always the same one, without making it anew each time: five of them in every bot.</summary>
internal sealed class CommonTextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            if (reader.ValueTextEquals("default"u8))
                return ObjectMeta.DefaultNamespace;
            if (reader.ValueTextEquals("agent.wecode.io/v1"u8))
                return ResourceKinds.ApiVersion;
        }
        return reader.TokenType is JsonTokenType.String or JsonTokenType.Null ? reader.GetString() : throw new JsonException("expected text");
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
