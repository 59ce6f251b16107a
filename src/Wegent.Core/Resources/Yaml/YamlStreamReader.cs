using Wegent.Validation;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Wegent.Resources.Yaml;

/// <summary>
/// Turns YAML into <see cref="SourceTree"/>s, one a document. With <see cref="SourceTreeBuilder"/> and the writer the only user of
/// YamlDotNet, and of its event layer only: its object layers recurse (50,000 brackets end the process), stop at the first fault
/// and accept duplicate keys.
/// </summary>
/// <remarks>A document that is no YAML is reported and skipped: reading goes on at the next line that begins with <c>---</c>.</remarks>
internal sealed class YamlStreamReader(SourceText source, DiagnosticBag findings, int startOffset = 0, int startLine = 0)
{
    private static readonly char[] s_breaks = ['\r', '\n'];

    private readonly SourceTreeBuilder _tree = new(source, findings) { LinesBefore = startLine };
    private Parser? _parser;
    private int _parserOffset = startOffset;
    private int _linesBefore = startLine;
    private int _documentOffset = startOffset;
    private DocumentOrigin _origin;
    private bool _inDocument;
    private int _documents;
    private bool _ended;

    /// <summary>Where the last document began.</summary>
    public DocumentOrigin Origin => _origin;

    /// <summary>The next document that is not empty, or null at the end of the text. Its nodes live until the next call.</summary>
    public SourceTree? Read()
    {
        while (!_ended)
        {
            if (!TryReadDocument(out var tree))
                Resume();
            else if (tree is not null)
                return tree;
        }
        return null;
    }

    private bool TryReadDocument(out SourceTree? tree)
    {
        tree = null;
        _tree.Clear();
        _parser ??= new Parser(new Scanner(new CharacterReader(source.Characters, _parserOffset), skipComments: true));
        try
        {
            while (_parser.MoveNext())
            {
                var parsed = _parser.Current!;
                if (_tree.TryAdd(parsed, out var withinBounds))
                {
                    if (!withinBounds)
                        return false;
                }
                else if (parsed is DocumentStart)
                {
                    _inDocument = true;
                    _documentOffset = _parserOffset + (int)parsed.Start.Index;
                    var lineStart = _documentOffset == 0 ? 0 : source.Characters.LastIndexOfAny(s_breaks, _documentOffset - 1) + 1;
                    _origin = new DocumentOrigin(source, lineStart, _linesBefore + (int)parsed.Start.Line - 1);
                    if (++_documents > source.Options.MaxDocuments)
                        return TooManyDocuments(parsed.Start);
                }
                else if (parsed is DocumentEnd)
                {
                    _inDocument = false;
                    _documentOffset = _parserOffset + (int)parsed.End.Index;
                    if (_tree.IsComplete)
                        tree = _tree.Take();
                    else
                        Report("", parsed.Start); // events out of balance
                    return true;
                }
            }
            _ended = true;
            return true;
        }
        catch (YamlException error)
        {
            Report(error.Message, error.Start);
            return false;
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException or OverflowException or NullReferenceException)
        {
            // The parser's own slip on hostile text: still a finding about the text, not our crash.
            Report("", Mark.Empty);
            return false;
        }
    }

    private void Report(string parserMessage, Mark mark)
    {
        var text = source.Characters;
        var read = Math.Min(text.Length, _parserOffset + (int)(_parser?.Current?.End.Index ?? 0));
        var offset = Math.Min(text.Length, _parserOffset + (int)mark.Index);
        var (code, message, hint) = SyntaxMessages.Explain(parserMessage);

        // For some faults the parser names no place, or the collection's: what it read last is nearer.
        if (offset < read && mark.Index == 0)
            offset = read;
        var tab = SyntaxMessages.FindIndentingTab(text, offset, parserMessage.Contains("tab", StringComparison.Ordinal) ? 50 : 1);
        if (tab >= 0)
            (offset, code, message, hint) = (tab, DiagnosticCodes.Syntax, "a tab cannot indent YAML", "use spaces");
        else if (_tree.FindOpenBracket() is var (bracket, at))
            hint ??= $"the '{bracket}' of line {at.Line} may not be closed";
        findings.Error(code, PositionAt(offset), "", message, hint);
    }

    private SourcePosition PositionAt(int offset)
    {
        var at = SourceText.PositionAt(source.Characters.AsSpan(_parserOffset), offset - _parserOffset);
        return at with { Line = _linesBefore + at.Line };
    }

    private bool TooManyDocuments(Mark mark)
    {
        findings.Error(
            DiagnosticCodes.TooManyDocuments,
            new(_linesBefore + (int)mark.Line, (int)mark.Column),
            "",
            $"more than {source.Options.MaxDocuments} documents in one input",
            "apply it in several parts");
        _ended = true;
        return true;
    }

    // Three dashes at the start of a line begin a document wherever they stand, in quotes and block scalars too; so that is where a reader can start afresh.
    private void Resume()
    {
        var text = source.Characters;
        var from = Math.Max(_parserOffset + 1, _inDocument ? _documentOffset + 1 : _documentOffset);
        var marker = FindMarker(text, Math.Min(from, text.Length));
        if (marker < 0)
        {
            _ended = true;
            return;
        }
        _linesBefore += SourceText.PositionAt(text.AsSpan(_parserOffset), marker - _parserOffset).Line - 1;
        _tree.LinesBefore = _linesBefore;
        _parserOffset = marker;
        _documentOffset = marker;
        _inDocument = false;
        _parser = null;
    }

    private static int FindMarker(ReadOnlySpan<char> text, int from)
    {
        while (true)
        {
            var found = text[from..].IndexOf("---");
            if (found < 0)
                return -1;
            found += from;
            if ((found == 0 || text[found - 1] is '\n' or '\r') && (found + 3 == text.Length || text[found + 3] is ' ' or '\t' or '\n' or '\r'))
                return found;
            from = found + 1;
        }
    }
}
