namespace Wegent;

/// <summary>What to watch.</summary>
public sealed record WatchOptions
{
    /// <summary>Only in this namespace; null means all of the user's.</summary>
    public string? Namespace { get; init; }

    /// <summary>The public resources instead of the user's own.</summary>
    public bool Public { get; init; }

    /// <summary>Only with these labels, such as <c>app=web,tier!=db</c>; null means any.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Only with these values of fields, such as <c>spec.shellType=Demo</c>; null means any.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>The <c>resourceVersion</c> that was seen last: what happened after it comes. Null: first what is there, each as added, then what happens.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>How long nothing may come before a bookmark does. Default 30 s.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>Something that a watch saw.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Version">The version to go on from: a watch from it misses nothing after this.</param>
/// <param name="Resource">The resource as it was then; of a deleted one, its last state; null for a bookmark.</param>
public sealed record ResourceEvent(ResourceEventType Type, long Version, ResourceView? Resource);

/// <summary>What a watch tells of.</summary>
public enum ResourceEventType
{
    /// <summary>A resource is new, or is there at the start of the watch, or fits the selectors now.</summary>
    Added,

    /// <summary>A resource changed.</summary>
    Modified,

    /// <summary>A resource is gone, or does not fit the selectors any more.</summary>
    Deleted,

    /// <summary>Nothing happened up to this version: at the start, once all that was is told, and now and then.</summary>
    Bookmark,
}
