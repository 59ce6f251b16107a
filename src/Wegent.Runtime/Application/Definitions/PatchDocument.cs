using System.Text.Json;
using System.Text.Json.Nodes;
using Wegent.Resources;
using Wegent.Runtime.Security;
using Wegent.Storage;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>A merge patch of one resource.</summary>
internal sealed class PatchDocument
{
    private readonly JsonObject _patch;

    private PatchDocument(JsonObject patch) => _patch = patch;

    /// <summary>Reads a patch.</summary>
    /// <param name="json">One JSON object.</param>
    /// <exception cref="WegentException"><c>patch.invalid</c>: it is none.</exception>
    public static PatchDocument Read(string json)
    {
        try
        {
            if (JsonNode.Parse(json, null, new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false }) is JsonObject patch)
                return new PatchDocument(patch);
        }
        catch (JsonException error)
        {
            throw new WegentException("patch.invalid", $"The patch is not JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}. Send one object with the fields to change.", error);
        }

        throw new WegentException("patch.invalid", "The patch is not a JSON object. Send one object with the fields to change; null removes a field.");
    }

    /// <summary>The document that comes out, secrets that stay masked: an apply keeps what a mask stands for.</summary>
    /// <exception cref="WegentException"><c>patch.identity</c>: it would become another resource.</exception>
    public string ApplyTo(StoredResource stored)
    {
        var patched = MergePatch.Apply(JsonNode.Parse(DocumentSecrets.MaskAll(stored.Document)), _patch)!; // an object merged into an object
        if (TextAt(patched, "kind") != stored.Key.Kind || TextAt(patched["metadata"], "name") != stored.Key.Name || (TextAt(patched["metadata"], "namespace") ?? ObjectMeta.DefaultNamespace) != stored.Key.Namespace)
            throw new WegentException("patch.identity", $"The patch changes kind, name or namespace of {stored.Key}, which makes it another resource. Create that one, and delete this one.");
        return patched.ToJsonString(StoredJson.Options);
    }

    private static string? TextAt(JsonNode? node, string field) =>
        node is JsonObject fields && fields[field] is { } value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
