using System.Text.Json;

namespace Wegent.Hosting.Api;

/// <summary>Writes which fields changed.</summary>
internal static class ChangeWriter
{
    /// <summary>As <c>diff</c>: a path, and the value before and after where there was or is one.</summary>
    public static void WriteChanges(this Utf8JsonWriter writer, IReadOnlyList<FieldChange> changes)
    {
        writer.WriteStartArray("diff"u8);
        foreach (var change in changes)
        {
            writer.WriteStartObject();
            writer.WriteString("path"u8, change.Path);
            if (change.Before is { } before)
            {
                writer.WritePropertyName("before"u8);
                writer.WriteRawValue(before, skipInputValidation: true);
            }

            if (change.After is { } after)
            {
                writer.WritePropertyName("after"u8);
                writer.WriteRawValue(after, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
