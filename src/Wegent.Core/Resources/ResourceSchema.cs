using System.Text;
using System.Text.Json;
using Wegent.Resources.Yaml;
using Wegent.Validation;

namespace Wegent.Resources;

/// <summary>The kinds as JSON Schema (draft 7), for editors and other programs, and field by field for people. Made of the same contracts that documents are checked with.</summary>
public static class ResourceSchema
{
    /// <summary>The schema of one kind.</summary>
    /// <param name="kind">The kind's name.</param>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static string Of(string kind)
    {
        var name = $"Wegent.Resources.Schemas.{ResourceKinds.Get(kind).Name}.json";
        using var stream = typeof(ResourceSchema).Assembly.GetManifestResourceStream(name)!; // one for each kind, as a test says
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>One schema that takes a document of any kind, for a folder of files.</summary>
    public static string All { get; } = Combine();

    /// <summary>Explains a field.</summary>
    /// <param name="path">A kind, or a field of it, such as <c>Team.spec.members.role</c>. The kind in any case, or in the plural.</param>
    /// <exception cref="NotFoundException"><c>schema.not_found</c>: there is none; the message says what is near.</exception>
    public static FieldExplanation Explain(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string[] segments = [.. path.Split('.').Select(static segment => segment.Split('[')[0])];
        var kind = ResourceKinds.All.FirstOrDefault(kind => kind.Name.Equals(segments[0], StringComparison.OrdinalIgnoreCase) || kind.Plural.Equals(segments[0], StringComparison.OrdinalIgnoreCase))
            ?? throw NotFound($"There is no kind {Suggestions.Quote(segments[0])}", segments[0], ResourceKinds.All.Select(static kind => kind.Name));

        using var document = JsonDocument.Parse(Of(kind.Name));
        var schema = document.RootElement;
        var (at, isRequired) = (kind.Name, true);
        foreach (var segment in segments.Skip(1))
        {
            var owner = ObjectIn(schema);
            if (owner.ValueKind != JsonValueKind.Object || !owner.TryGetProperty("properties", out var properties))
                throw NotFound($"{at} is {TypeOf(schema)} and has no fields", segment, []);
            if (!properties.TryGetProperty(segment, out var field))
                throw NotFound($"{at} has no field {Suggestions.Quote(segment)}", segment, properties.EnumerateObject().Select(static property => property.Name));
            (schema, isRequired) = (field, IsRequired(owner, segment));
            at = $"{at}.{segment}";
        }

        return Explain(schema, at, isRequired) with { Fields = [.. FieldsOf(ObjectIn(schema), at)] };
    }

    private static IEnumerable<FieldExplanation> FieldsOf(JsonElement owner, string path)
    {
        if (owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject())
                yield return Explain(property.Value, $"{path}.{property.Name}", IsRequired(owner, property.Name));
        }
    }

    private static FieldExplanation Explain(JsonElement schema, string path, bool isRequired) => new()
    {
        Path = path,
        Type = TypeOf(schema),
        Required = isRequired,
        Description = schema.TryGetProperty("description", out var description) ? description.GetString()! : "",
        Default = schema.TryGetProperty("default", out var standard) ? standard.ValueKind == JsonValueKind.String ? standard.GetString() : standard.GetRawText() : null,
        Example = schema.TryGetProperty("examples", out var examples) ? ResourceWriter.ToYaml(examples[0]).TrimEnd('\n') : null,
    };

    private static bool IsRequired(JsonElement owner, string field) =>
        owner.TryGetProperty("required", out var required) && required.EnumerateArray().Any(name => name.GetString() == field);

    // A field of a list, or of a map, is one of its items.
    private static JsonElement ObjectIn(JsonElement schema)
    {
        while (schema.ValueKind == JsonValueKind.Object && !schema.TryGetProperty("properties", out _))
        {
            if (!schema.TryGetProperty("items", out var below) && !schema.TryGetProperty("additionalProperties", out below))
                return schema;
            schema = below;
        }

        return schema;
    }

    private static string TypeOf(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return "any value";
        if (schema.TryGetProperty("enum", out var values))
            return $"one of: {string.Join(", ", values.EnumerateArray().Select(static value => value.GetString()))}";
        if (schema.TryGetProperty("const", out var constant))
            return $"always {constant.GetString()}";
        return (schema.TryGetProperty("type", out var type) ? type.GetString() : null) switch
        {
            "string" => schema.TryGetProperty("format", out _) ? "time" : "text",
            "integer" => "whole number",
            "number" => "number",
            "boolean" => "true or false",
            "array" => "list of " + Plural(TypeOf(schema.GetProperty("items"))),
            "object" when !schema.TryGetProperty("properties", out _) && schema.TryGetProperty("additionalProperties", out var element) && element.ValueKind == JsonValueKind.Object => "map of " + Plural(TypeOf(element)),
            "object" => "object",
            _ => "any value",
        };
    }

    private static string Plural(string type) => type is "object" or "text" or "number" or "whole number" or "any value" ? type + "s" : type;

    private static NotFoundException NotFound(string what, string given, IEnumerable<string> candidates)
    {
        var all = candidates.ToList();
        return new NotFoundException("schema.not_found", all.Count == 0 ? $"{what}." : $"{what}; {Suggestions.OneOf(given, all)}");
    }

    private static string Combine()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema"u8, "http://json-schema.org/draft-07/schema#");
            writer.WriteString("title"u8, "Wegent resource");
            writer.WriteString("type"u8, "object");
            writer.WriteStartObject("properties"u8);
            writer.WriteStartObject("kind"u8);
            writer.WriteString("description"u8, "What the document declares.");
            writer.WriteStartArray("enum"u8);
            foreach (var kind in ResourceKinds.All)
                writer.WriteStringValue(kind.Name);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteStartArray("required"u8);
            writer.WriteStringValue("kind"u8);
            writer.WriteEndArray();
            writer.WriteStartArray("allOf"u8);
            foreach (var kind in ResourceKinds.All)
                writer.WriteRawValue($$$"""{"if":{"properties":{"kind":{"const":"{{{kind.Name}}}"}},"required":["kind"]},"then":{"$ref":"#/definitions/{{{kind.Name}}}"}}""");
            writer.WriteEndArray();
            writer.WriteStartObject("definitions"u8);
            foreach (var kind in ResourceKinds.All)
            {
                writer.WritePropertyName(kind.Name);
                writer.WriteRawValue(Of(kind.Name));
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
