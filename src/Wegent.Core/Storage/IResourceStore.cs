using Wegent.Resources;

namespace Wegent.Storage;

/// <summary>Desired state of every resource. Implementations pass <c>ResourceStoreContract</c> of the TestKit.</summary>
public interface IResourceStore
{
    /// <summary>Reads one live resource, or null when it does not exist or is deleted.</summary>
    ValueTask<StoredResource?> FindAsync(ResourceKey key, CancellationToken cancellationToken);

    /// <summary>Reads those of the keys that exist, in one go.</summary>
    ValueTask<IReadOnlyDictionary<ResourceKey, StoredResource>> FindAllAsync(IReadOnlyCollection<ResourceKey> keys, CancellationToken cancellationToken);

    /// <summary>Reads a page of live resources of one kind, ordered by namespace, then name.</summary>
    ValueTask<ResourcePage> ListAsync(ResourceQuery query, CancellationToken cancellationToken);

    /// <summary>Writes all changes or none, in one transaction, each only if its stored version is still the expected one.</summary>
    /// <returns>The resources as stored, in the order of the changes; null for a deletion.</returns>
    /// <exception cref="ConflictException"><c>resource.conflict</c>: one of them has another version. Nothing was written.</exception>
    ValueTask<IReadOnlyList<StoredResource?>> CommitAsync(IReadOnlyList<ResourceChange> changes, CancellationToken cancellationToken);
}

/// <summary>A resource as it stands in the store.</summary>
public sealed record StoredResource
{
    /// <summary>Whose, where, what and its name.</summary>
    public required ResourceKey Key { get; init; }

    /// <summary>Identifier that no later resource of the same name shares.</summary>
    public required string Uid { get; init; }

    /// <summary>Grows with every write in the store; what <c>metadata.resourceVersion</c> shows.</summary>
    public required long Version { get; init; }

    /// <summary>Grows when the desired state changes.</summary>
    public required long Generation { get; init; }

    /// <summary>The document as JSON: apiVersion, kind, the user's metadata, spec. No status, nothing that the server sets.</summary>
    public required string Document { get; init; }

    /// <summary>When it was created, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last written, UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>One write to a resource.</summary>
/// <param name="Key">Which.</param>
/// <param name="Document">The new document as JSON; null deletes.</param>
/// <param name="ExpectedVersion">Version last read; 0 creates, and conflicts if it exists.</param>
public sealed record ResourceChange(ResourceKey Key, string? Document, long ExpectedVersion);

/// <summary>Which resources to list.</summary>
public sealed record ResourceQuery
{
    /// <summary>The kind, such as <c>Bot</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Whose.</summary>
    public required string Owner { get; init; }

    /// <summary>Only of this namespace; null means all.</summary>
    public string? Namespace { get; init; }

    /// <summary>How many at most, 1 to 1,000.</summary>
    public int Limit { get; init; } = 500;

    /// <summary>Where the page before ended; null for the first.</summary>
    public ResourceKey? After { get; init; }
}

/// <summary>A page of resources.</summary>
/// <param name="Items">The resources.</param>
/// <param name="Version">The store's newest version when the page was read.</param>
/// <param name="HasMore">Whether another page follows the last item.</param>
public sealed record ResourcePage(IReadOnlyList<StoredResource> Items, long Version, bool HasMore);
