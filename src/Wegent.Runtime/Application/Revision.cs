namespace Wegent;

/// <summary>A resource as it was after one write.</summary>
/// <param name="Version">The write's version: what a task notes of the resources it runs with.</param>
/// <param name="Resource">The resource as it was, secrets masked.</param>
/// <param name="Changes">Which fields differ from the revision before, secrets masked; empty for the oldest that is kept.</param>
/// <param name="IsCurrent">Whether the resource is so now.</param>
public sealed record Revision(long Version, ResourceView Resource, IReadOnlyList<FieldChange> Changes, bool IsCurrent);
