namespace Wegent.Resources.Yaml;

/// <summary>How strictly to read, and how much at most.</summary>
public sealed record ReaderOptions
{
    /// <summary>The defaults.</summary>
    public static ReaderOptions Default { get; } = new();

    /// <summary>Whether an unknown field is an error. Default false: a warning, and the field is kept.</summary>
    public bool Strict { get; init; }

    /// <summary>Namespace of resources that name none. Default <c>default</c>.</summary>
    public string DefaultNamespace { get; init; } = ObjectMeta.DefaultNamespace;

    /// <summary>Every shell type that is registered. Null (default): unknown, so a name outside <see cref="ShellTypes.BuiltIn"/> is a warning instead of an error.</summary>
    public IReadOnlyCollection<string>? ShellTypes { get; init; }

    /// <summary>Whether a workspace may name a folder of this machine. Default false. Where it is true, the runtime still checks the folder against <c>Workspaces:LocalRoots</c>.</summary>
    public bool AllowLocalPaths { get; init; }

    /// <summary>Largest input in bytes of UTF-8. Default 16 MiB.</summary>
    public int MaxBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Most levels of nesting. Default 64.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Most nodes of one document, aliases expanded. Default 100,000.</summary>
    public int MaxNodes { get; init; } = 100_000;

    /// <summary>Most documents of one input. Default 10,000.</summary>
    public int MaxDocuments { get; init; } = 10_000;

    /// <summary>Most findings that are kept; one more says that there were more. Default 1,000.</summary>
    public int MaxFindings { get; init; } = 1_000;
}
