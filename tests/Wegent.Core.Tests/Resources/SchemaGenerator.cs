using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Wegent.Resources;
using Wegent.Resources.Yaml;
using Wegent.Validation;

namespace Wegent.Core.Tests.Resources;

/// <summary>Makes the JSON Schemas of the kinds: shapes from the serializer's contracts, meanings from the doc comments, examples from samples/resources/kinds.</summary>
internal static partial class SchemaGenerator
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, XElement> s_comments = XDocument.Load(Path.ChangeExtension(typeof(Resource).Assembly.Location, ".xml"))
        .Descendants("member").ToDictionary(static member => member.Attribute("name")!.Value);

    public static string Generate(ResourceKind kind)
    {
        var examples = ResourceReader.Read(string.Join("\n---\n", Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples", "resources", "kinds")).Order(StringComparer.Ordinal).Select(File.ReadAllText)), "kinds").Resources
            .Where(resource => resource.Kind == kind.Name)
            .Select(static resource => (JsonNode?)JsonNode.Parse(ResourceJson.ToJson(resource)))
            .ToList();
        var schema = ObjectSchema(Contract.For(kind.Type), kind.Type, examples);
        schema.Remove("additionalProperties");
        var result = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = kind.Name,
            ["description"] = TextOf(CommentOf($"T:{kind.Type.FullName}")),
        };
        foreach (var (name, value) in schema)
            result[name] = value?.DeepClone();
        result["additionalProperties"] = false;

        var properties = result["properties"]!.AsObject();
        properties["apiVersion"] = new JsonObject { ["description"] = "The one API version.", ["const"] = ResourceKinds.ApiVersion };
        properties["kind"] = new JsonObject { ["description"] = $"Always {kind.Name}.", ["const"] = kind.Name };
        properties["status"] = new JsonObject { ["description"] = "Observed state, written by the system only. Accepted and ignored in what is applied.", ["type"] = "object", ["readOnly"] = true };
        result["required"] = new JsonArray("apiVersion", "kind", "metadata", "spec");
        return result.ToJsonString(s_indented).ReplaceLineEndings("\n") + "\n";
    }

    private static JsonObject Schema(Contract contract, Type type, List<JsonNode?> examples)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return contract.Shape switch
        {
            ContractShape.Text => new() { ["type"] = "string" },
            ContractShape.Integer32 or ContractShape.Integer64 => new() { ["type"] = "integer" },
            ContractShape.Number => new() { ["type"] = "number" },
            ContractShape.Boolean => new() { ["type"] = "boolean" },
            ContractShape.Time => new() { ["type"] = "string", ["format"] = "date-time" },
            ContractShape.Choice => new() { ["type"] = "string", ["enum"] = new JsonArray([.. contract.Names.Select(static name => (JsonNode?)name)]) },
            ContractShape.Object => ObjectSchema(contract, type, examples),
            ContractShape.List => new() { ["type"] = "array", ["items"] = Schema(contract.Element, ElementOf(type), [.. examples.OfType<JsonArray>().SelectMany(static list => list)]) },
            ContractShape.Map => new() { ["type"] = "object", ["additionalProperties"] = Schema(contract.Element, ElementOf(type), [.. examples.OfType<JsonObject>().SelectMany(static map => map.Select(static entry => entry.Value))]) },
            _ => [],
        };
    }

    private static JsonObject ObjectSchema(Contract contract, Type type, List<JsonNode?> examples)
    {
        var properties = new JsonObject();
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(static property => property.GetCustomAttribute<JsonPropertyOrderAttribute>()?.Order ?? 0))
        {
            var name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            if (contract.Fields.TryGetValue(name, out var field))
                properties[name] = FieldSchema(field, property, [.. examples.OfType<JsonObject>().Where(example => example.ContainsKey(name)).Select(example => example[name])]);
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (type == typeof(ShellSpec))
        {
            properties["runtime"] = new JsonObject { ["description"] = "Older name of shellType.", ["type"] = "string", ["deprecated"] = true };
            schema["anyOf"] = new JsonArray(new JsonObject { ["required"] = new JsonArray("shellType") }, new JsonObject { ["required"] = new JsonArray("runtime") });
        }
        else if (contract.Fields.Values.Where(static field => field.Required).Select(static field => (JsonNode?)field.Name).Order(Comparer<JsonNode?>.Create(static (x, y) => string.CompareOrdinal(x!.GetValue<string>(), y!.GetValue<string>()))).ToArray() is { Length: > 0 } required)
        {
            schema["required"] = new JsonArray(required);
        }

        schema["additionalProperties"] = contract.IsFreeForm;
        return schema;
    }

    private static JsonObject FieldSchema(ContractField field, PropertyInfo property, List<JsonNode?> examples)
    {
        var description = TextOf(CommentOf($"P:{property.DeclaringType!.FullName!.Split('[')[0]}.{property.Name}"));
        var schema = new JsonObject { ["description"] = description };
        foreach (var (name, value) in Schema(field.Contract, property.PropertyType, examples))
            schema[name] = value?.DeepClone();
        if (description.StartsWith("Set by the server", StringComparison.Ordinal))
            schema["readOnly"] = true;
        if (DefaultOf(description, field.Contract) is { } standard)
            schema["default"] = standard;
        if (examples.Find(static example => example is not null) is { } shown)
            schema["examples"] = new JsonArray(shown.DeepClone());
        return schema;
    }

    // "Default x.", "Default `x`." and "Null: x." say what holds where nothing is given.
    private static JsonNode? DefaultOf(string description, Contract contract)
    {
        var match = Default().Match(description);
        if (!match.Success)
            return null;
        var text = match.Groups["value"].Value;
        return contract.Shape switch
        {
            ContractShape.Boolean when bool.TryParse(text, out var value) => value,
            ContractShape.Integer32 or ContractShape.Integer64 when long.TryParse(text, out var value) => value,
            ContractShape.Number when double.TryParse(text, out var value) => value,
            ContractShape.Text when match.Groups["quoted"].Success => text,
            ContractShape.Choice when contract.Names.Contains(text) => text,
            _ => null,
        };
    }

    private static Type ElementOf(Type type) => type.IsGenericType ? type.GetGenericArguments()[^1] : type.GetElementType()!;

    private static XElement? CommentOf(string member) => s_comments.GetValueOrDefault(member)?.Element("summary");

    private static string TextOf(XElement? comment)
    {
        if (comment is null)
            return "";
        var text = string.Concat(comment.Nodes().Select(static node => node switch
        {
            XText plain => plain.Value,
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "see" } see => $"`{NameOf(see.Attribute("cref")!.Value)}`",
            XElement other => other.Value,
            _ => "",
        }));
        return Spaces().Replace(text, " ").Trim();
    }

    // What a reader of YAML calls it: a field by its name, a value by its text, a kind by its kind.
    private static string NameOf(string cref)
    {
        var parts = cref[2..].Split('.');
        if (cref.StartsWith("T:", StringComparison.Ordinal))
            return parts[^1].EndsWith("Resource", StringComparison.Ordinal) ? parts[^1][..^8] : parts[^1];
        var type = typeof(Resource).Assembly.GetType(string.Join('.', parts[..^1]))!;
        if (cref.StartsWith("P:", StringComparison.Ordinal))
            return type.GetProperty(parts[^1]) is { } property ? property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name) : parts[^1];
        if (type.IsEnum)
            return JsonSerializer.SerializeToNode(Enum.Parse(type, parts[^1]), ResourceJson.ContractOf(type))!.GetValue<string>();
        return type.GetField(parts[^1])?.GetRawConstantValue() as string ?? parts[^1];
    }

    [GeneratedRegex(@"(?:Default|Null:) (?<quoted>`)?(?<value>[A-Za-z0-9_./-]*[A-Za-z0-9])`?(?=[.,;:]( |$)|$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Default();

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();
}
