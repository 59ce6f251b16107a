using System.Text.Json;

namespace Wegent.Runtime.Agents;

/// <summary>Reads fields of JSON that agents write, without trusting their types: such streams are no frozen contract.</summary>
internal static class JsonFields
{
    /// <summary>A field of an object; undefined when it is absent, or the value is no object.</summary>
    public static JsonElement Get(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <summary>A field that holds text; null when it is absent or of another type.</summary>
    public static string? GetText(this JsonElement element, string name) =>
        element.Get(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A field that holds a whole number; null when it is absent or of another type.</summary>
    public static long? GetNumber(this JsonElement element, string name) =>
        element.Get(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && double.IsFinite(number) && Math.Abs(number) < 1e15 ? (long)number : null;

    /// <summary>Whether a field is <c>true</c>.</summary>
    public static bool IsTrue(this JsonElement element, string name) => element.Get(name).ValueKind == JsonValueKind.True;

    /// <summary>Items of a field that holds a list; none when it is absent or of another type.</summary>
    public static IEnumerable<JsonElement> GetItems(this JsonElement element, string name) =>
        element.Get(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];
}
