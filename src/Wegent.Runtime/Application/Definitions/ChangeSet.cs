using Wegent.Resources;
using Wegent.Storage;
using Wegent.Validation;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>What an apply comes to: found out in full before anything is written, so that a dry run, a plan and the apply itself say the same.</summary>
/// <param name="Changes">Each document, in order; then what is pruned.</param>
/// <param name="Diagnostics">Warnings.</param>
/// <param name="Guard">What must still hold at the commit, beside the versions of what is changed.</param>
internal sealed record ChangeSet(IReadOnlyList<PlannedChange> Changes, IReadOnlyList<Diagnostic> Diagnostics, ResourceGuard Guard)
{
    /// <summary>What is to be written.</summary>
    public IReadOnlyList<ResourceChange> ToCommit() =>
        [.. Changes.Where(static change => change.Operation != ApplyOperation.Unchanged).Select(static change => new ResourceChange(change.Key, change.Document, change.ExpectedVersion) { Origin = change.Origin })];
}

/// <summary>One resource of a change set.</summary>
/// <param name="Operation">What happens to it.</param>
/// <param name="Key">Which.</param>
/// <param name="Before">As it stands; null when it does not exist.</param>
/// <param name="Document">The document to store; null when it is pruned.</param>
internal sealed record PlannedChange(ApplyOperation Operation, ResourceKey Key, StoredResource? Before, string? Document)
{
    /// <summary>What is remembered of its creation; null when nothing is.</summary>
    public ResourceOrigin? Origin { get; init; }

    /// <summary>The version it must still have; 0 when it must not exist.</summary>
    public long ExpectedVersion => Before?.Version ?? 0;

    /// <summary>Which fields change; empty unless it is configured.</summary>
    public IReadOnlyList<FieldChange> Changes =>
        Operation == ApplyOperation.Configured ? DocumentDiff.Between(Before!.Document, Document!) : [];

    /// <summary>The resource as it would stand, as far as that is known before it is written.</summary>
    public StoredResource Preview() => Operation switch
    {
        ApplyOperation.Unchanged or ApplyOperation.Pruned => Before!,
        ApplyOperation.Configured => Before! with { Document = Document! },
        _ => new StoredResource { Key = Key, Uid = "", Version = 0, Generation = 1, Document = Document!, CreatedAt = default, UpdatedAt = default, Origin = Origin },
    };
}
