namespace Wegent.Resources.Yaml;

/// <summary>One document of an input: its resource, if it is in order, and where everything in it stands.</summary>
public sealed class ResourceDocument
{
    private readonly SourceTree _tree;
    private readonly int _root;

    internal ResourceDocument(string file, SourceTree tree, int root, Resource? draft, bool isSound, IReadOnlyList<string> broken)
    {
        File = file;
        _tree = tree;
        _root = root;
        Draft = draft;
        IsSound = isSound;
        Broken = broken;
        Kind = tree.FindText(root, "kind");
        Position = tree.PositionOf(root);
        var metadata = tree.FindKey(root, "metadata");
        if (metadata < 0)
            return;
        if (tree.FindText(tree.Next(metadata), "name") is { Length: > 0 } name)
            Name = name;
        if (tree.FindText(tree.Next(metadata), "namespace") is { Length: > 0 } namespaceName)
            Namespace = namespaceName;
    }

    /// <summary>Name of the source, such as <c>bot.yaml</c>.</summary>
    public string File { get; }

    /// <summary>Where the document begins.</summary>
    public SourcePosition Position { get; }

    /// <summary>The kind as written; null when the document names none.</summary>
    public string? Kind { get; }

    /// <summary>The name as written; null when the document gives none.</summary>
    public string? Name { get; }

    /// <summary>The namespace as written; null when the document gives none.</summary>
    public string? Namespace { get; }

    /// <summary>The resource, or null when something is wrong with the document.</summary>
    public Resource? Resource => IsSound ? Draft : null;

    /// <summary>What could be bound, placeholders in the broken places; null when nothing could.</summary>
    internal Resource? Draft { get; }

    /// <summary>Whether no error was found in the document.</summary>
    internal bool IsSound { get; private set; }

    /// <summary>Paths at which <see cref="Draft"/> holds placeholders.</summary>
    internal IReadOnlyList<string> Broken { get; }

    /// <summary>Where the value at a path stands, or its nearest ancestor that the text has.</summary>
    /// <param name="path">Such as <c>spec.members[0].botRef.name</c>.</param>
    public SourcePosition Locate(string path) => _tree.Locate(_root, path);

    /// <summary>Whether a path leads to, or through, a placeholder.</summary>
    internal bool IsBroken(string path)
    {
        foreach (var broken in Broken)
        {
            if (path.StartsWith(broken, StringComparison.Ordinal) && (path.Length == broken.Length || path[broken.Length] is '.' or '['))
                return true;
        }
        return false;
    }

    internal void MarkUnsound() => IsSound = false;
}
