using Wegent.Resources;

namespace Wegent;

/// <summary>Applies, reads, watches and deletes agent definitions.</summary>
public interface IResourceClient
{
    /// <summary>Checks a YAML stream (or JSON) and makes the store agree with it: all documents or none.</summary>
    /// <exception cref="InvalidResourcesException">It has errors; all are listed, with their places. Nothing was written.</exception>
    /// <exception cref="ConflictException"><c>resource.conflict</c>: a document names a <c>resourceVersion</c> that is no longer current. <c>resource.in_use</c>: what would be pruned is used. Nothing was written.</exception>
    ValueTask<ApplyResult> ApplyAsync(string yaml, ApplyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Changes single fields of one of the user's own resources, by a JSON merge patch (RFC 7396): a field that is null in it is removed.</summary>
    /// <param name="kind">The kind, such as <c>Bot</c>.</param>
    /// <param name="name">The resource.</param>
    /// <param name="patch">The patch: one JSON object.</param>
    /// <param name="options">Namespace of the resource, and how to apply. Null: the defaults.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NotFoundException"><c>resource.not_found</c>.</exception>
    /// <exception cref="InvalidResourcesException">What comes out has errors. Nothing was written.</exception>
    /// <exception cref="ConflictException"><c>resource.conflict</c>: the options or the patch name a version that is no longer current. Nothing was written.</exception>
    ValueTask<ApplyResult> PatchAsync(string kind, string name, string patch, ApplyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Reads one resource: the user's own, else the public one of that name; null when there is neither.</summary>
    ValueTask<ResourceView?> FindAsync(string kind, string name, string namespaceName = "default", CancellationToken cancellationToken = default);

    /// <summary>Reads a page of the user's own resources of one kind, or of the public ones.</summary>
    /// <exception cref="WegentException"><c>list.bad_selector</c> or <c>list.bad_continue</c>.</exception>
    ValueTask<ResourceViewPage> ListAsync(string kind, ListOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes resources, and what belongs to them by owner reference, all or none. What is not there is reported, not an error.</summary>
    /// <exception cref="ConflictException"><c>resource.in_use</c>: others refer to one of them; they are listed. <c>resource.conflict</c>: the options name a version that is no longer current. Nothing was deleted.</exception>
    ValueTask<IReadOnlyList<DeletedResource>> DeleteAsync(IReadOnlyList<ResourceKey> keys, DeleteOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Tells what happens to the user's own resources, or to the public ones: every change in order, without a gap.</summary>
    /// <param name="kind">The kind; null for all.</param>
    /// <param name="options">What to watch, and from which version on. Null: all, beginning with what is there.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="WegentException"><c>resource.expired</c>: changes after that version are not kept any more; list again and watch from there. <c>list.bad_version</c> or <c>list.bad_selector</c>.</exception>
    IAsyncEnumerable<ResourceEvent> WatchAsync(string? kind, WatchOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Reads the revisions of one of the user's own resources, newest first.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="name">The resource.</param>
    /// <param name="namespaceName">Its namespace.</param>
    /// <param name="limit">How many at most, 1 to 999.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NotFoundException"><c>resource.not_found</c>.</exception>
    ValueTask<IReadOnlyList<Revision>> ListRevisionsAsync(string kind, string name, string namespaceName = "default", int limit = 10, CancellationToken cancellationToken = default);

    /// <summary>Makes one of the user's own resources what it was in an earlier revision, its secrets included. That is a new revision.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="name">The resource.</param>
    /// <param name="namespaceName">Its namespace.</param>
    /// <param name="toVersion">The revision; null for the newest that differs from the present one.</param>
    /// <param name="dryRun">Says what would happen and writes nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NotFoundException"><c>resource.not_found</c>, or <c>revision.not_found</c>: it is not kept, or there is none.</exception>
    /// <exception cref="ConflictException"><c>revision.broken</c>: it refers to what does not exist any more.</exception>
    ValueTask<AppliedResource> UndoAsync(string kind, string name, string namespaceName = "default", long? toVersion = null, bool dryRun = false, CancellationToken cancellationToken = default);

    /// <summary>Finds out what an apply would do: changes, prunes, and the tasks that use what changes. Writes nothing.</summary>
    /// <param name="yaml">The documents.</param>
    /// <param name="options">How to apply: namespace, strictness and set count. Null: the defaults.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidResourcesException">The documents have errors.</exception>
    /// <exception cref="ConflictException">What is stored does not allow the apply.</exception>
    ValueTask<ResourcePlan> PlanAsync(string yaml, ApplyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Does exactly what a plan says, or nothing.</summary>
    /// <exception cref="ConflictException"><c>plan.stale</c>: something moved since the plan was made. Nothing was written.</exception>
    /// <exception cref="WegentException"><c>plan.invalid</c>: the plan was changed since it was made.</exception>
    ValueTask<ApplyResult> ApplyPlanAsync(ResourcePlan plan, CancellationToken cancellationToken = default);
}
