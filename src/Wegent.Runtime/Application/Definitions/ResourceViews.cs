using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Wegent.Resources;
using Wegent.Runtime.Security;
using Wegent.Storage;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>The two forms of a resource: what is stored (the user's part), and what users see (with the server's part, secrets masked).</summary>
internal sealed class ResourceViews(ResourceStatuses statuses)
{
    private static readonly string[] ServerMetadata = ["uid", "resourceVersion", "generation", "creationTimestamp", "updateTimestamp", "ownerReferences"];

    /// <summary>The user's part of an applied resource: what the server sets, and any status, is left out.</summary>
    public static string ToStored(Resource resource) => WithoutServerPart(JsonNode.Parse(ResourceJson.ToJson(resource))!.AsObject());

    /// <summary>The same of a document.</summary>
    public static string WithoutServerPart(JsonObject document)
    {
        document.Remove("status");
        foreach (var field in ServerMetadata)
            document["metadata"]!.AsObject().Remove(field);
        return document.ToJsonString(StoredJson.Options);
    }

    /// <summary>A resource as users see it.</summary>
    public async ValueTask<ResourceView> OfAsync(StoredResource stored, CancellationToken cancellationToken) => (await OfAsync([stored], cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Resources as users see them.</summary>
    public async ValueTask<IReadOnlyList<ResourceView>> OfAsync(IReadOnlyList<StoredResource> stored, CancellationToken cancellationToken)
    {
        var states = await statuses.OfAsync(stored, cancellationToken).ConfigureAwait(false);
        return [.. stored.Select((resource, index) => Of(resource, states[index]))];
    }

    /// <summary>A resource that was written just now, or would be: its references were checked.</summary>
    public ResourceView OfChecked(StoredResource stored) => Of(stored, statuses.OfResolved(stored));

    private static ResourceView Of(StoredResource stored, ResourceStatus status)
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
            if (stored.Origin?.OwnerReferences is { Count: > 0 } owners)
                metadata["ownerReferences"] = JsonSerializer.SerializeToNode(owners, ResourceJson.ContractOf(typeof(IReadOnlyList<OwnerReference>)));
            document["status"] = JsonSerializer.SerializeToNode(status, ResourceJson.ContractOf(typeof(ResourceStatus)));
        }

        return new ResourceView(stored, document.ToJsonString(StoredJson.Options));
    }

    /// <summary>Whether two documents say the same, whatever the order of their fields.</summary>
    public static bool AreEqual(string left, string right) =>
        left == right || JsonNode.DeepEquals(JsonNode.Parse(left), JsonNode.Parse(right));
}
