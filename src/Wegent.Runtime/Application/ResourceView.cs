using Wegent.Resources;
using Wegent.Storage;

namespace Wegent;

/// <summary>A resource as users see it: with what the server sets, its status, and with secrets masked.</summary>
/// <param name="Stored">Identity, versions and times.</param>
/// <param name="Json">The whole document as JSON, secrets masked as <c>***</c>.</param>
public sealed record ResourceView(StoredResource Stored, string Json)
{
    /// <summary>Whose, where, what and its name.</summary>
    public ResourceKey Key => Stored.Key;

    /// <summary>The resource, typed, with what the server sets.</summary>
    public Resource ToResource() => ResourceJson.FromJson(Key.Kind, Json);

    /// <summary>Prints the identity only.</summary>
    public override string ToString() => $"{Key} (version {Stored.Version})";
}
