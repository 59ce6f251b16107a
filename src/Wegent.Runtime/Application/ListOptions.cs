namespace Wegent;

/// <summary>What to list.</summary>
public sealed record ListOptions
{
    /// <summary>Only of this namespace; null means all of the user's.</summary>
    public string? Namespace { get; init; }

    /// <summary>The public resources instead of the user's own.</summary>
    public bool Public { get; init; }

    /// <summary>Only with these labels, such as <c>app=web,tier!=db</c>; null means any.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Only with these values of fields, such as <c>spec.shellType=Demo</c>; null means any.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>How many at most, 1 to 1,000.</summary>
    public int Limit { get; init; } = 500;

    /// <summary>Where the page before ended; null for the first.</summary>
    public string? Continue { get; init; }
}

/// <summary>A page of resources.</summary>
/// <param name="Items">The resources.</param>
/// <param name="Version">The store's newest version when the first page was read: watching from it misses nothing of what happened between pages.</param>
/// <param name="Continue">Where the next page begins; null when this is the last.</param>
public sealed record ResourceViewPage(IReadOnlyList<ResourceView> Items, long Version, string? Continue);
