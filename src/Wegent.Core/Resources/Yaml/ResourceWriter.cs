using System.Text;
using System.Text.Json;

namespace Wegent.Resources.Yaml;

/// <summary>Writes resources as YAML that <see cref="ResourceReader"/> reads back equal, and that any other YAML reader understands the same way.</summary>
public static class ResourceWriter
{
    /// <summary>One resource as a document, fields in the usual order, nulls left out. Ends with a line end.</summary>
    public static string ToYaml(Resource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var output = new StringBuilder(512);
        Append(output, resource);
        return output.ToString();
    }

    /// <summary>Several resources as a stream of documents.</summary>
    public static string ToYaml(IEnumerable<Resource> resources)
    {
        ArgumentNullException.ThrowIfNull(resources);
        var output = new StringBuilder(2048);
        foreach (var resource in resources)
        {
            if (output.Length > 0)
                output.Append("---\n");
            Append(output, resource);
        }
        return output.ToString();
    }

    /// <summary>A document that is JSON already, such as one of an API reply, or a list of them. Ends with a line end.</summary>
    /// <param name="document">The document.</param>
    public static string ToYaml(JsonElement document)
    {
        var output = new StringBuilder(512);
        new YamlTextWriter(output).WriteDocument(document);
        return output.ToString();
    }

    private static void Append(StringBuilder output, Resource resource)
    {
        using var json = JsonDocument.Parse(ResourceJson.ToUtf8(resource), new JsonDocumentOptions { MaxDepth = 128 });
        new YamlTextWriter(output).WriteDocument(json.RootElement);
    }
}
