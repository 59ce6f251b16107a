using System.Globalization;
using System.Text.Json.Nodes;
using Wegent.Resources;
using Wegent.Runtime.Security;
using Wegent.Storage;

namespace Wegent.Runtime.Application;

/// <summary>The two forms of a resource: what is stored (the user's part), and what users see (with the server's part, secrets masked).</summary>
internal static class ResourceViews
{
    private static readonly string[] ServerMetadata = ["uid", "resourceVersion", "generation", "creationTimestamp", "updateTimestamp", "ownerReferences"];

    /// <summary>The user's part of an applied resource: what the server sets, and any status, is left out.</summary>
    public static string ToStored(Resource resource)
    {
        var document = JsonNode.Parse(ResourceJson.ToJson(resource))!.AsObject();
        document.Remove("status");
        foreach (var field in ServerMetadata)
            document["metadata"]!.AsObject().Remove(field);
        return document.ToJsonString(StoredJson.Options);
    }

    /// <summary>A resource as users see it.</summary>
    public static ResourceView Of(StoredResource stored)
    {
        var document = JsonNode.Parse(DocumentSecrets.MaskAll(stored.Document))!.AsObject();
        var metadata = document["metadata"]!.AsObject();
        if (stored.Version > 0)
        {
            metadata["uid"] = stored.Uid;
            metadata["resourceVersion"] = stored.Version.ToString(CultureInfo.InvariantCulture);
            metadata["generation"] = stored.Generation;
            metadata["creationTimestamp"] = stored.CreatedAt;
            metadata["updateTimestamp"] = stored.UpdatedAt;
            document["status"] = new JsonObject { ["state"] = "Available" };
        }

        return new ResourceView(stored, document.ToJsonString(StoredJson.Options));
    }

    /// <summary>Whether two documents say the same, whatever the order of their fields.</summary>
    public static bool AreEqual(string left, string right) =>
        left == right || JsonNode.DeepEquals(JsonNode.Parse(left), JsonNode.Parse(right));
}
