using Wegent.Resources;

namespace Wegent;

/// <summary>How to apply.</summary>
public sealed record ApplyOptions
{
    /// <summary>Name of the source for diagnostics; null means <c>(input)</c>.</summary>
    public string? FileName { get; init; }

    /// <summary>Namespace of documents that name none.</summary>
    public string Namespace { get; init; } = ObjectMeta.DefaultNamespace;

    /// <summary>Says what would happen and writes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Unknown fields are errors, not warnings.</summary>
    public bool Strict { get; init; }

    /// <summary>Name of a set: what an earlier apply of the same set created and this one no longer holds is removed. Null removes nothing.</summary>
    public string? Prune { get; init; }

    /// <summary>What must be there already. Default <see cref="ApplyMode.CreateOrReplace"/>.</summary>
    public ApplyMode Mode { get; init; }

    /// <summary>The <c>resourceVersion</c> that each document's resource must still have; one that a document names itself wins. Null: any.</summary>
    public string? ExpectedVersion { get; init; }

    /// <summary>A resource of the user that what this apply creates belongs to: when it is deleted, so are they. Null: none.</summary>
    public ResourceKey? OwnedBy { get; init; }
}

/// <summary>What an apply does with what is there already, and with what is not.</summary>
public enum ApplyMode
{
    /// <summary>Creates what is not there, and replaces what is.</summary>
    CreateOrReplace,

    /// <summary>Only creates: what is there already is refused with <c>resource.exists</c>.</summary>
    Create,

    /// <summary>Only replaces: what is not there is refused with <c>resource.not_found</c>.</summary>
    Replace,
}
