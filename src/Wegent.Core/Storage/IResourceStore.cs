using Wegent.Resources;

namespace Wegent.Storage;

/// <summary>Desired state of every resource, and the log of its changes. Implementations pass <c>ResourceStoreContract</c> and <c>ResourceLogContract</c> of the TestKit.</summary>
public interface IResourceStore
{
    /// <summary>Reads one live resource, or null when it does not exist or is deleted.</summary>
    ValueTask<StoredResource?> FindAsync(ResourceKey key, CancellationToken cancellationToken);

    /// <summary>Reads those of the keys that exist, in one go.</summary>
    ValueTask<IReadOnlyDictionary<ResourceKey, StoredResource>> FindAllAsync(IReadOnlyCollection<ResourceKey> keys, CancellationToken cancellationToken);

    /// <summary>Reads a page of live resources of one kind, ordered by namespace, then name.</summary>
    ValueTask<ResourcePage> ListAsync(ResourceQuery query, CancellationToken cancellationToken);

    /// <summary>Writes all changes or none, in one transaction, each only if its stored version is still the expected one. Each is also entered in the log.</summary>
    /// <param name="changes">What to write.</param>
    /// <param name="guard">What else must still hold; null when nothing must.</param>
    /// <param name="cancellationToken">Takes the write back as long as it waits for its turn.</param>
    /// <returns>The resources as stored, in the order of the changes; null for a deletion.</returns>
    /// <exception cref="ConflictException"><c>resource.conflict</c>: one of them has another version. <c>resource.moved</c>: the guard does not hold any more. Nothing was written.</exception>
    ValueTask<IReadOnlyList<StoredResource?>> CommitAsync(IReadOnlyList<ResourceChange> changes, ResourceGuard? guard, CancellationToken cancellationToken);

    /// <summary>The same without a guard.</summary>
    /// <exception cref="ConflictException"><c>resource.conflict</c>: one of them has another version. Nothing was written.</exception>
    ValueTask<IReadOnlyList<StoredResource?>> CommitAsync(IReadOnlyList<ResourceChange> changes, CancellationToken cancellationToken) =>
        CommitAsync(changes, guard: null, cancellationToken);

    /// <summary>Reads the log of all changes after a version, in order, at most <paramref name="limit"/> of 1 to 1,000 entries. Empty when the page's <see cref="ResourceLogPage.Oldest"/> is past that version: then changes are missing.</summary>
    ValueTask<ResourceLogPage> ReadLogAsync(long afterVersion, int limit, CancellationToken cancellationToken);

    /// <summary>Reads the revisions of a live resource that the log still holds, newest first, at most <paramref name="limit"/> of 1 to 1,000. Empty when the resource does not exist.</summary>
    ValueTask<IReadOnlyList<ResourceLogEntry>> ListRevisionsAsync(ResourceKey key, int limit, CancellationToken cancellationToken);

    /// <summary>Forgets what the log need not hold any more: all but the newest <paramref name="keepChanges"/> entries, save the newest <paramref name="keepRevisions"/> of each live resource.</summary>
    /// <returns>How many entries were forgotten.</returns>
    ValueTask<int> TrimLogAsync(long keepChanges, int keepRevisions, CancellationToken cancellationToken);
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

    /// <summary>Where it came from; null when nothing is to be remembered of that.</summary>
    public ResourceOrigin? Origin { get; init; }
}

/// <summary>What the server remembers of a resource's creation. Never changes.</summary>
public sealed record ResourceOrigin
{
    /// <summary>The set of the apply that created it: a later apply of that set removes it once it is not in the input any more. Null when it was created outside of sets.</summary>
    public string? ApplySet { get; init; }

    /// <summary>The resources it belongs to: when one of them is deleted, so is this. Null when none.</summary>
    public IReadOnlyList<OwnerReference>? OwnerReferences { get; init; }
}

/// <summary>One write to a resource.</summary>
/// <param name="Key">Which.</param>
/// <param name="Document">The new document as JSON; null deletes.</param>
/// <param name="ExpectedVersion">Version last read; 0 creates, and conflicts if it exists.</param>
public sealed record ResourceChange(ResourceKey Key, string? Document, long ExpectedVersion)
{
    /// <summary>Where it comes from, when it is created by this; ignored otherwise. Null when nothing is to be remembered.</summary>
    public ResourceOrigin? Origin { get; init; }
}

/// <summary>What must still hold when changes are written, beside the versions of what is changed.</summary>
public sealed record ResourceGuard
{
    /// <summary>Resources that must exist, such as those that the written ones refer to. None by default.</summary>
    public IReadOnlyCollection<ResourceKey> MustExist { get; init; } = [];

    /// <summary>The version that the whole store must still be at; null when others may have written meanwhile.</summary>
    public long? StoreVersion { get; init; }
}

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

/// <summary>What a write did to a resource.</summary>
public enum ResourceOperation
{
    /// <summary>It was not there before.</summary>
    Added,

    /// <summary>It was changed.</summary>
    Modified,

    /// <summary>It is gone.</summary>
    Deleted,
}

/// <summary>One entry of the log.</summary>
/// <param name="Operation">What was done.</param>
/// <param name="Resource">The resource after the write; of a deleted one, its last state with the version of the deletion.</param>
public sealed record ResourceLogEntry(ResourceOperation Operation, StoredResource Resource)
{
    /// <summary>Version of the write: the place in the log.</summary>
    public long Version => Resource.Version;
}

/// <summary>A page of the log.</summary>
/// <param name="Entries">In the order of their versions, without a gap.</param>
/// <param name="Oldest">The version from which on the log is whole: changes after it are all there.</param>
/// <param name="Version">The store's newest version.</param>
public sealed record ResourceLogPage(IReadOnlyList<ResourceLogEntry> Entries, long Oldest, long Version);
