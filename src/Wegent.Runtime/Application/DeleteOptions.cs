using Wegent.Resources;

namespace Wegent;

/// <summary>How to delete.</summary>
public sealed record DeleteOptions
{
    /// <summary>Whether what refers to the resources is deleted too, and what refers to that.</summary>
    public bool Cascade { get; init; }

    /// <summary>The <c>resourceVersion</c> that each of the resources must still have. Null: any.</summary>
    public string? ExpectedVersion { get; init; }

    /// <summary>Says what would happen and deletes nothing.</summary>
    public bool DryRun { get; init; }
}

/// <summary>What became of one deletion.</summary>
/// <param name="Key">The resource.</param>
/// <param name="Existed">False when it was not there.</param>
public sealed record DeletedResource(ResourceKey Key, bool Existed);
