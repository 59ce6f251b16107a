namespace Wegent.Resources.Yaml;

/// <summary>The nodes of one YAML document in reading order: keys and values of a mapping alternate, a collection's <see cref="SourceNode.End"/> skips it.</summary>
internal sealed class SourceTree(SourceNode[] nodes, bool sound)
{
    /// <summary>Whether nothing was found wrong with the syntax. A fault outside the structure (a duplicate key, a tag) leaves nodes to check.</summary>
    public bool Sound => sound;

    public ref readonly SourceNode this[int index] => ref nodes[index];

    /// <summary>The node itself, or what it is an alias of.</summary>
    public int Resolve(int index)
    {
        // An alias never points at an alias: its target is the node that bears the anchor.
        ref readonly var node = ref nodes[index];
        return node.Kind == SourceNodeKind.Alias ? node.End : index;
    }

    /// <summary>The index after a node and everything in it.</summary>
    public int Next(int index)
    {
        ref readonly var node = ref nodes[index];
        return node.Kind is SourceNodeKind.Mapping or SourceNodeKind.Sequence ? node.End : index + 1;
    }

    /// <summary>The text of a mapping's key, or null when the key is a collection (reported elsewhere).</summary>
    public string? KeyText(int index)
    {
        ref readonly var key = ref nodes[Resolve(index)];
        return key.Kind == SourceNodeKind.Scalar ? key.Text : null;
    }

    /// <summary>Finds a field of a mapping.</summary>
    /// <returns>Index of the key, or -1; the value follows at <see cref="Next"/> of it.</returns>
    public int FindKey(int mapping, string name)
    {
        mapping = Resolve(mapping);
        ref readonly var node = ref nodes[mapping];
        if (node.Kind != SourceNodeKind.Mapping)
            return -1;
        for (var key = mapping + 1; key < node.End;)
        {
            if (KeyText(key) == name)
                return key;
            key = Next(Next(key));
        }
        return -1;
    }

    /// <summary>The text of a scalar field of a mapping; null when absent or no scalar.</summary>
    public string? FindText(int mapping, string name)
    {
        var key = FindKey(mapping, name);
        if (key < 0)
            return null;
        ref readonly var value = ref nodes[Resolve(Next(key))];
        return value.Kind == SourceNodeKind.Scalar ? value.Text : null;
    }

    public SourcePosition PositionOf(int index) => new(nodes[index].Line, nodes[index].Column);

    /// <summary>Where a path leads: a scalar's own place, a collection's key. The nearest ancestor where the path is not in the text, since its value came from a default.</summary>
    /// <param name="root">Where the path starts.</param>
    /// <param name="path">As <see cref="SourcePath"/> writes it.</param>
    public SourcePosition Locate(int root, ReadOnlySpan<char> path)
    {
        var at = PositionOf(root);
        var current = root;
        while (SourcePath.TryRead(ref path, out var name, out var item))
        {
            current = Resolve(current);
            ref readonly var node = ref nodes[current];
            if (name is not null)
            {
                var key = FindKey(current, name);
                if (key < 0)
                    return at;
                current = Next(key);
                at = PositionOf(nodes[current].Kind == SourceNodeKind.Scalar && nodes[current].Text is not "" ? current : key);
            }
            else
            {
                if (node.Kind != SourceNodeKind.Sequence)
                    return at;
                var child = current + 1;
                for (; item > 0 && child < node.End; item--)
                    child = Next(child);
                if (child >= node.End)
                    return at;
                current = child;
                at = PositionOf(current);
            }
        }
        return at;
    }
}
