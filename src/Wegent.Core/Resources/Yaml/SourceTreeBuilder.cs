using System.Runtime.InteropServices;
using Wegent.Validation;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Wegent.Resources.Yaml;

/// <summary>Collects the events of one document into nodes, and keeps its bounds: levels, nodes and text, aliases counted as if written out.</summary>
internal sealed class SourceTreeBuilder(SourceText source, DiagnosticBag findings)
{
    private readonly Dictionary<string, Anchor> _anchors = new(StringComparer.Ordinal);
    private Frame[] _open = new Frame[16];
    private int _depth;
    private readonly Dictionary<string, int> _keys = new(StringComparer.Ordinal);
    private SourceNode[] _nodes = new SourceNode[64];
    private int _count;
    private long _expanded;
    private long _text;
    private bool _sound;

    /// <summary>Lines of the text before the present parser's first one.</summary>
    public int LinesBefore { get; set; }

    /// <summary>Whether every collection that was opened is closed.</summary>
    public bool IsComplete => _depth == 0;

    public void Clear()
    {
        Array.Clear(_nodes, 0, _count);
        _count = 0;
        _anchors.Clear();
        Array.Clear(_open, 0, _depth);
        _depth = 0;
        _expanded = 0;
        _text = 0;
        _sound = true;
    }

    /// <summary>The document's nodes, or null when it is empty. They live until <see cref="Clear"/>.</summary>
    public SourceTree? Take() =>
        _count == 0 || (_count == 1 && _nodes[0] is { Kind: SourceNodeKind.Scalar, Form: ScalarForm.Plain } node && YamlScalar.IsNull(node.Text))
            ? null
            : new SourceTree(_nodes, _sound);

    /// <summary>Takes an event of a document's content.</summary>
    /// <param name="parsed">The event.</param>
    /// <param name="withinBounds">False when the document passed a bound; the finding is reported, and the rest of the document must not be read.</param>
    /// <returns>False when the event is not one of content.</returns>
    public bool TryAdd(ParsingEvent parsed, out bool withinBounds)
    {
        withinBounds = true;
        switch (parsed)
        {
            case Scalar scalar:
                withinBounds = AddScalar(scalar, At(scalar));
                return true;
            case MappingStart start:
                withinBounds = OpenCollection(start, SourceNodeKind.Mapping, At(start));
                return true;
            case MappingEnd or SequenceEnd:
                CloseCollection();
                return true;
            case SequenceStart start:
                withinBounds = OpenCollection(start, SourceNodeKind.Sequence, At(start));
                return true;
            case AnchorAlias alias:
                withinBounds = AddAlias(alias.Value.Value, At(alias));
                return true;
            default:
                return false;
        }
    }

    private SourcePosition At(ParsingEvent parsed)
    {
        var start = parsed.Start;
        return new(LinesBefore + (int)start.Line, (int)start.Column);
    }

    /// <summary>The innermost bracket or brace that is still open, and its place; null when none is.</summary>
    public (char Bracket, SourcePosition At)? FindOpenBracket()
    {
        for (var i = _depth - 1; i >= 0; i--)
        {
            if (_open[i].IsFlow)
                return (_open[i].Kind == SourceNodeKind.Sequence ? '[' : '{', new(_nodes[_open[i].Node].Line, _nodes[_open[i].Node].Column));
        }
        return null;
    }

    private bool AddScalar(Scalar scalar, SourcePosition at)
    {
        var text = source.Restore(scalar.Value);
        var form = FormOf(scalar, text, at);
        if (scalar.Style == ScalarStyle.DoubleQuoted && HasForbiddenEscape(text))
            Fault(DiagnosticCodes.ForbiddenCharacter, at, "an escape stands for a NUL or for half of a surrogate pair", "write the character itself");
        if (form == ScalarForm.Plain && text == "<<" && AtKey)
            Fault(DiagnosticCodes.MergeKey, at, "merge keys are not part of YAML 1.2", "write the fields out, or quote \"<<\" if it is a name");

        var index = Append(SourceNodeKind.Scalar, at);
        _nodes[index].Text = text;
        _nodes[index].Form = form;
        _nodes[index].End = _count;
        _expanded++;
        _text += text.Length;
        if (!scalar.Anchor.IsEmpty)
            _anchors[scalar.Anchor.Value] = new Anchor(index, 1, text.Length, 0);
        return WithinBounds(at);
    }

    private bool OpenCollection(NodeEvent start, SourceNodeKind kind, SourcePosition at)
    {
        var tag = start.Tag;
        if (!tag.IsEmpty && !tag.IsNonSpecific && tag.Value != (kind == SourceNodeKind.Mapping ? "tag:yaml.org,2002:map" : "tag:yaml.org,2002:seq"))
            UnknownTag(tag.Value, at);

        if (AtKey)
            Fault(DiagnosticCodes.KeyNotScalar, at, "a key must be a text, not a list or a mapping", null);

        var index = Append(kind, at);
        string? anchor = null;
        if (!start.Anchor.IsEmpty)
        {
            anchor = start.Anchor.Value;
            _anchors[anchor] = new Anchor(-1, 0, 0, 0); // open: an alias to it in here would never end
        }
        var isFlow = start is MappingStart { Style: MappingStyle.Flow } or SequenceStart { Style: SequenceStyle.Flow };
        if (_depth == _open.Length)
            Array.Resize(ref _open, _depth * 2);
        _open[_depth++] = new Frame { Node = index, Kind = kind, AtKey = true, IsFlow = isFlow, Anchor = anchor, ExpandedBefore = _expanded, TextBefore = _text, Deepest = _depth };
        _expanded++;
        return _depth > source.Options.MaxDepth ? TooDeep(at) : WithinBounds(at);
    }

    private void CloseCollection()
    {
        // The parser ends a mapping right after an empty key (" :" alone on its line). Keys and values must alternate all the same.
        if (_open[_depth - 1] is { Kind: SourceNodeKind.Mapping, AtKey: false, Node: var mapping })
        {
            var value = Append(SourceNodeKind.Scalar, new(_nodes[mapping].Line, _nodes[mapping].Column));
            _nodes[value].Text = "";
            _nodes[value].End = _count;
        }

        ref var frame = ref _open[--_depth];
        ref var node = ref _nodes[frame.Node];
        node.End = _count;
        if (frame.Kind == SourceNodeKind.Mapping)
            CheckKeys(frame.Node);
        if (frame.Anchor is not null)
            _anchors[frame.Anchor] = new Anchor(frame.Node, _expanded - frame.ExpandedBefore, _text - frame.TextBefore, frame.Deepest - _depth);
        if (_depth > 0)
        {
            ref var parent = ref _open[_depth - 1];
            parent.Deepest = Math.Max(parent.Deepest, frame.Deepest);
        }
    }

    private bool AddAlias(string name, SourcePosition at)
    {
        if (!_anchors.TryGetValue(name, out var anchor) || anchor.Node < 0)
        {
            if (_anchors.ContainsKey(name))
                Fault(DiagnosticCodes.AliasCycle, at, $"the alias {Suggestions.Quote("*" + name)} stands inside what it stands for", null);
            else
                Fault(DiagnosticCodes.UnknownAlias, at, $"there is no anchor {Suggestions.Quote("&" + name)} before this alias in the document", Suggestions.DidYouMean(name, _anchors.Keys));
            var missing = Append(SourceNodeKind.Scalar, at);
            _nodes[missing].Text = "";
            _nodes[missing].Form = ScalarForm.Faulty;
            _nodes[missing].End = _count;
            _expanded++;
            return WithinBounds(at);
        }

        var index = Append(SourceNodeKind.Alias, at);
        _nodes[index].End = anchor.Node;
        _expanded += anchor.Expanded;
        _text += anchor.Text;
        if (_depth > 0)
        {
            ref var parent = ref _open[_depth - 1];
            parent.Deepest = Math.Max(parent.Deepest, _depth + anchor.Height);
            if (parent.Deepest > source.Options.MaxDepth)
                return TooDeep(at);
        }
        return WithinBounds(at);
    }

    private bool AtKey => _depth > 0 && _open[_depth - 1] is { Kind: SourceNodeKind.Mapping, AtKey: true };

    private int Append(SourceNodeKind kind, SourcePosition at)
    {
        if (_depth > 0)
        {
            ref var parent = ref _open[_depth - 1];
            parent.AtKey = !parent.AtKey; // means nothing in a sequence
        }
        if (_count == _nodes.Length)
            Array.Resize(ref _nodes, _count * 2);
        ref var node = ref _nodes[_count];
        node = new SourceNode { Kind = kind, Line = at.Line, Column = at.Column };
        return _count++;
    }

    private ScalarForm FormOf(Scalar scalar, string text, SourcePosition at)
    {
        var isPlain = scalar.Style == ScalarStyle.Plain;
        if (scalar.Tag.IsEmpty)
            return isPlain ? ScalarForm.Plain : ScalarForm.Text;
        if (scalar.Tag.IsNonSpecific)
            return ScalarForm.Text;
        switch (scalar.Tag.Value)
        {
            case "tag:yaml.org,2002:str":
                return ScalarForm.Text;
            case "tag:yaml.org,2002:int":
                return Tagged(ScalarForm.Integer, YamlScalar.TryInteger(text, out _), "!!int", at);
            case "tag:yaml.org,2002:float":
                return Tagged(ScalarForm.Float, YamlScalar.TryFloat(text, out _) || YamlScalar.TryInteger(text, out _), "!!float", at);
            case "tag:yaml.org,2002:bool":
                return Tagged(ScalarForm.Boolean, YamlScalar.TryBoolean(text, out _), "!!bool", at);
            case "tag:yaml.org,2002:null":
                return Tagged(ScalarForm.Null, YamlScalar.IsNull(text), "!!null", at);
            default:
                UnknownTag(scalar.Tag.Value, at);
                return ScalarForm.Text;
        }
    }

    private ScalarForm Tagged(ScalarForm form, bool fits, string tag, SourcePosition at)
    {
        if (fits)
            return form;
        Fault(DiagnosticCodes.TagMismatch, at, $"the value does not fit its tag {tag}", "remove the tag, or correct the value");
        return ScalarForm.Faulty;
    }

    private void UnknownTag(string tag, SourcePosition at) =>
        Fault(DiagnosticCodes.UnknownTag, at, $"the tag {Suggestions.Quote(tag)} is not allowed", "only !!str, !!int, !!float, !!bool, !!null, !!map and !!seq are");

    // A few keys are compared with each other, many go through a table: no mapping costs more than its length.
    private void CheckKeys(int mapping)
    {
        const int Few = 48;
        var end = _nodes[mapping].End;
        var many = end - mapping > Few;
        if (many)
            _keys.Clear();
        for (var key = mapping + 1; key < end; key = Next(Next(key)))
        {
            var text = KeyText(key);
            if (text is null)
                continue;
            int first;
            if (many)
                first = _keys.TryAdd(text, key) ? -1 : _keys[text];
            else
                first = FindEarlier(mapping, key, text);
            if (first >= 0)
                Fault(DiagnosticCodes.DuplicateKey, new(_nodes[key].Line, _nodes[key].Column), $"the key {Suggestions.Quote(text)} is already given on line {_nodes[first].Line}", "keep one of them");
        }
    }

    private int FindEarlier(int mapping, int key, string text)
    {
        for (var other = mapping + 1; other < key; other = Next(Next(other)))
        {
            if (KeyText(other) == text)
                return other;
        }
        return -1;
    }

    private int Next(int index) => _nodes[index].Kind is SourceNodeKind.Mapping or SourceNodeKind.Sequence ? _nodes[index].End : index + 1;

    private string? KeyText(int index)
    {
        ref readonly var node = ref _nodes[index];
        return node.Kind switch
        {
            SourceNodeKind.Scalar => node.Text,
            SourceNodeKind.Alias => _nodes[node.End].Text,
            _ => null,
        };
    }

    private bool WithinBounds(SourcePosition at)
    {
        if (_expanded > source.Options.MaxNodes)
            findings.Error(DiagnosticCodes.TooManyNodes, at, "", $"the document has more than {source.Options.MaxNodes} nodes, aliases written out", "split it into several documents");
        else if (_text > source.Options.MaxBytes)
            findings.Error(DiagnosticCodes.TooManyNodes, at, "", $"the document's text is longer than {source.Options.MaxBytes} characters, aliases written out", "split it into several documents");
        else
            return true;
        return false;
    }

    private bool TooDeep(SourcePosition at)
    {
        findings.Error(DiagnosticCodes.TooDeep, at, "", $"more than {source.Options.MaxDepth} levels of nesting", null);
        return false;
    }

    private void Fault(string code, SourcePosition at, string message, string? hint)
    {
        _sound = false;
        findings.Error(code, at, "", message, hint);
    }

    private static bool HasForbiddenEscape(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || char.IsLowSurrogate(text[i]))
                return true;
            if (!char.IsHighSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                return true;
            i++;
        }
        return false;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Frame
    {
        public int Node;
        public SourceNodeKind Kind;
        public bool AtKey;
        public bool IsFlow;
        public string? Anchor;
        public long ExpandedBefore;
        public long TextBefore;
        public int Deepest;
    }

    /// <param name="Node">What the anchor marks, or -1 while that is still open.</param>
    /// <param name="Expanded">Nodes of it, aliases written out.</param>
    /// <param name="Text">Characters of it, aliases written out.</param>
    /// <param name="Height">Levels of it; 0 for a scalar.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Anchor(int Node, long Expanded, long Text, int Height);
}
