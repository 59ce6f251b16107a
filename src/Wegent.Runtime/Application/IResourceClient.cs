using Wegent.Resources;
using Wegent.Storage;
using Wegent.Validation;

namespace Wegent;

/// <summary>Applies, reads and deletes agent definitions.</summary>
public interface IResourceClient
{
    /// <summary>Checks a YAML stream (or JSON) and makes the store agree with it: all documents or none.</summary>
    /// <exception cref="InvalidResourcesException">It has errors; all are listed, with their places. Nothing was written.</exception>
    /// <exception cref="ConflictException">A document names a <c>resourceVersion</c> that is no longer current. Nothing was written.</exception>
    ValueTask<ApplyResult> ApplyAsync(string yaml, ApplyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Reads one resource: the user's own, else the public one of that name; null when there is neither.</summary>
    ValueTask<ResourceView?> FindAsync(string kind, string name, string namespaceName = "default", CancellationToken cancellationToken = default);

    /// <summary>Reads a page of the user's own resources of one kind.</summary>
    ValueTask<ResourceViewPage> ListAsync(string kind, ListOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes resources, all or none. What is not there is reported, not an error.</summary>
    /// <exception cref="ConflictException"><c>resource.in_use</c>: others refer to one of them; they are listed. Nothing was deleted.</exception>
    ValueTask<IReadOnlyList<DeletedResource>> DeleteAsync(IReadOnlyList<ResourceKey> keys, bool cascade = false, CancellationToken cancellationToken = default);
}

/// <summary>How to apply.</summary>
public sealed record ApplyOptions
{
    /// <summary>Name of the source for diagnostics; null means <c>(input)</c>.</summary>
    public string? FileName { get; init; }

    /// <summary>Namespace of documents that name none.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Says what would happen and writes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Unknown fields are errors, not warnings.</summary>
    public bool Strict { get; init; }
}

/// <summary>What an apply did.</summary>
/// <param name="Resources">Each document, in order.</param>
/// <param name="Diagnostics">Warnings; errors are thrown.</param>
public sealed record ApplyResult(IReadOnlyList<AppliedResource> Resources, IReadOnlyList<Diagnostic> Diagnostics);

/// <summary>What became of one document.</summary>
/// <param name="Operation">Created, configured or unchanged.</param>
/// <param name="Resource">The resource as it stands, or would stand in a dry run.</param>
public sealed record AppliedResource(ApplyOperation Operation, ResourceView Resource);

/// <summary>What an apply does to one resource.</summary>
public enum ApplyOperation
{
    /// <summary>It was not there.</summary>
    Created,

    /// <summary>It changed.</summary>
    Configured,

    /// <summary>It was so already: no new version.</summary>
    Unchanged,
}

/// <summary>A resource as users see it: with what the server sets, and with secrets masked.</summary>
/// <param name="Stored">Identity, versions and times.</param>
/// <param name="Json">The whole document as JSON, secrets masked as <c>***</c>.</param>
public sealed record ResourceView(StoredResource Stored, string Json)
{
    /// <summary>Whose, where, what and its name.</summary>
    public ResourceKey Key => Stored.Key;

    /// <summary>Prints the identity only.</summary>
    public override string ToString() => $"{Key} (version {Stored.Version})";
}

/// <summary>What to list.</summary>
public sealed record ListOptions
{
    /// <summary>Only of this namespace; null means all of the user's.</summary>
    public string? Namespace { get; init; }

    /// <summary>How many at most, 1 to 1,000.</summary>
    public int Limit { get; init; } = 500;

    /// <summary>Where the page before ended; null for the first.</summary>
    public string? Continue { get; init; }
}

/// <summary>A page of resources.</summary>
/// <param name="Items">The resources.</param>
/// <param name="Version">The store's newest version when the page was read.</param>
/// <param name="Continue">Where the next page begins; null when this is the last.</param>
public sealed record ResourceViewPage(IReadOnlyList<ResourceView> Items, long Version, string? Continue);

/// <summary>What became of one deletion.</summary>
/// <param name="Key">The resource.</param>
/// <param name="Existed">False when it was not there.</param>
public sealed record DeletedResource(ResourceKey Key, bool Existed);

/// <summary>Documents that were refused, with everything that is wrong with them.</summary>
/// <param name="diagnostics">All findings, in the order of the documents; at least one error.</param>
public sealed class InvalidResourcesException(IReadOnlyList<Diagnostic> diagnostics)
    : WegentException("resource.invalid", string.Join(Environment.NewLine, diagnostics))
{
    /// <summary>All findings, warnings included.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; } = diagnostics;
}
