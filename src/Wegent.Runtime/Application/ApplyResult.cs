using Wegent.Resources;
using Wegent.Validation;

namespace Wegent;

/// <summary>What an apply did.</summary>
/// <param name="Resources">Each document, in order; then what was pruned.</param>
/// <param name="Diagnostics">Warnings; errors are thrown.</param>
public sealed record ApplyResult(IReadOnlyList<AppliedResource> Resources, IReadOnlyList<Diagnostic> Diagnostics);

/// <summary>What became of one document.</summary>
/// <param name="Operation">Created, configured, unchanged or pruned.</param>
/// <param name="Resource">The resource as it stands, or would stand in a dry run; of a pruned one, its last state.</param>
public sealed record AppliedResource(ApplyOperation Operation, ResourceView Resource)
{
    /// <summary>Which fields changed, secrets masked; empty unless it was configured.</summary>
    public IReadOnlyList<FieldChange> Changes { get; init; } = [];

    /// <summary>Whose, where, what and its name.</summary>
    public ResourceKey Key => Resource.Key;
}

/// <summary>What an apply does to one resource.</summary>
public enum ApplyOperation
{
    /// <summary>It was not there.</summary>
    Created,

    /// <summary>It changed.</summary>
    Configured,

    /// <summary>It was so already: no new version.</summary>
    Unchanged,

    /// <summary>It was removed, since its set does not hold it any more.</summary>
    Pruned,
}

/// <summary>A field that changes.</summary>
/// <param name="Path">Where, such as <c>spec.members[0].role</c>.</param>
/// <param name="Before">The value before, as JSON, a secret as <c>"***"</c>; null when the field was not there.</param>
/// <param name="After">The value after, likewise; null when the field is gone.</param>
public sealed record FieldChange(string Path, string? Before, string? After);
