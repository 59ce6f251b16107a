namespace Wegent.Resources.Yaml;

/// <summary>One document of an input: its resource, if it is in order, and where everything in it stands.</summary>
public sealed class ResourceDocument
{
    private readonly DocumentOrigin _origin;
    private readonly int _root;
    private SourceTree? _tree;

    internal ResourceDocument(string file, DocumentOrigin origin, SourceTree tree, int root, Resource? draft, bool isSound, IReadOnlyList<string> broken)
    {
        File = file;
        _origin = origin;
        _tree = tree;
        _root = root;
        Draft = draft;
        IsSound = isSound;
        Broken = broken;
        Position = tree.PositionOf(root);
        Kind = draft?.Kind ?? tree.FindText(root, "kind");
        var metadata = tree.FindKey(root, "metadata");
        if (metadata < 0)
            return;
        if (tree.FindText(tree.Next(metadata), "name") is { Length: > 0 } name)
            Name = draft?.Metadata.Name ?? name; // the same text, kept once
        if (tree.FindText(tree.Next(metadata), "namespace") is { Length: > 0 } namespaceName)
            Namespace = namespaceName == ObjectMeta.DefaultNamespace ? ObjectMeta.DefaultNamespace : namespaceName;
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
    /// <remarks>Not safe for several threads at once on one document.</remarks>
    public SourcePosition Locate(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        _tree ??= _origin.Read();
        return _tree?.Locate(_root, path) ?? Position;
    }

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

    /// <summary>Ends the reading of the document: its nodes make room for the next one, and come back when somebody asks for a place.</summary>
    internal void Complete(bool isSound)
    {
        IsSound = isSound;
        _tree = null;
    }
}
