using System.Text.Encodings.Web;
using System.Text.Json;
using Wegent.Resources;
using Wegent.Resources.Yaml;

namespace Wegent.Hosting.Commands.Remote;

/// <summary>Shows resources in the format that was asked for.</summary>
internal static class ResourceOutput
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions s_line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The formats, the default one first.</summary>
    public static string[] Formats => ["table", "yaml", "json", "name"];

    public static void Print(TextWriter output, string format, ResourceKind kind, IReadOnlyList<JsonElement> items, bool isOne, bool withNamespace)
    {
        switch (format)
        {
            case "json":
                output.WriteLine(isOne ? Json(items[0]) : $$"""{"apiVersion": "{{ResourceKinds.ApiVersion}}", "kind": "{{kind.ListName}}", "items": [{{string.Join(",\n", items.Select(Json))}}]}""");
                break;
            case "yaml":
                output.Write(string.Join("---\n", items.Select(ResourceWriter.ToYaml)));
                break;
            case "name":
                foreach (var item in items)
                    output.WriteLine($"{kind.Name.ToLowerInvariant()}/{Table.At(item, "metadata.name")}");
                break;
            default:
                Table.Print(output, kind, items, withNamespace);
                break;
        }
    }

    /// <summary>A value as JSON for people.</summary>
    public static string Json(JsonElement element) => JsonSerializer.Serialize(element, s_indented);

    /// <summary>The changes of a <c>diff</c> list, a line or two each.</summary>
    public static void PrintChanges(Terminal terminal, JsonElement changes)
    {
        foreach (var change in changes.EnumerateArray())
        {
            terminal.Output.WriteLine($"    {Table.At(change, "path")}");
            if (change.TryGetProperty("before", out var before))
                terminal.Output.WriteLine(terminal.Styled($"      - {Short(before)}", Style.Failure));
            if (change.TryGetProperty("after", out var after))
                terminal.Output.WriteLine(terminal.Styled($"      + {Short(after)}", Style.Success));
        }
    }

    private static string Short(JsonElement value)
    {
        const int longest = 200;
        var text = JsonSerializer.Serialize(value, s_line);
        return text.Length <= longest ? text : text[..longest] + "…";
    }
}
