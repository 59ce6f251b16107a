using System.Runtime.InteropServices;

namespace Wegent.Resources.Yaml;

/// <summary>What a node of a document is.</summary>
internal enum SourceNodeKind : byte
{
    Mapping,
    Sequence,
    Scalar,
    Alias,
}

/// <summary>How a scalar says its type.</summary>
internal enum ScalarForm : byte
{
    /// <summary>Unquoted: the contract decides, or the core schema where there is none.</summary>
    Plain,

    /// <summary>Quoted, a block scalar, or tagged <c>!!str</c>: text, whatever it looks like.</summary>
    Text,

    /// <summary>Tagged <c>!!int</c>.</summary>
    Integer,

    /// <summary>Tagged <c>!!float</c>.</summary>
    Float,

    /// <summary>Tagged <c>!!bool</c>.</summary>
    Boolean,

    /// <summary>Tagged <c>!!null</c>.</summary>
    Null,

    /// <summary>Not known, for a reason already reported, such as an alias without anchor: nothing more is said about it.</summary>
    Faulty,
}

/// <summary>One node of a document, in reading order. Small on purpose: a document keeps its nodes as the map of its positions.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct SourceNode
{
    /// <summary>A scalar's text; null for the others.</summary>
    public string? Text;

    /// <summary>Line, from 1.</summary>
    public int Line;

    /// <summary>Column, from 1, in UTF-16 code units.</summary>
    public int Column;

    /// <summary>The index after this node's last descendant. For an alias: the index of the node it stands for.</summary>
    public int End;

    public SourceNodeKind Kind;

    public ScalarForm Form;
}
