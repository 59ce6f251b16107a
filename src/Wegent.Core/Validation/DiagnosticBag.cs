using Wegent.Resources.Yaml;

namespace Wegent.Validation;

/// <summary>Collects the findings of one input, never more than a bound.</summary>
internal sealed class DiagnosticBag(string file, int limit)
{
    private readonly List<Diagnostic> _findings = [];
    private int _dropped;

    public string File => file;

    /// <summary>Errors so far, the dropped ones included.</summary>
    public int Errors { get; private set; }

    /// <summary>Whether further findings are only counted: then it is not worth the time to word them well.</summary>
    public bool IsFull => _findings.Count >= limit;

    public void Error(string code, SourcePosition at, string path, string message, string? hint = null) =>
        Add(DiagnosticSeverity.Error, code, at, path, message, hint);

    public void Warning(string code, SourcePosition at, string path, string message, string? hint = null) =>
        Add(DiagnosticSeverity.Warning, code, at, path, message, hint);

    public void Add(DiagnosticSeverity severity, string code, SourcePosition at, string path, string message, string? hint)
    {
        if (severity == DiagnosticSeverity.Error)
            Errors++;
        if (IsFull && code != DiagnosticCodes.TooManyDocuments) // the one that says why the rest was not read
        {
            _dropped++;
            return;
        }
        _findings.Add(new Diagnostic
        {
            Code = code,
            Severity = severity,
            Message = message,
            File = file,
            Line = at.Line,
            Column = at.Column,
            Path = path,
            Hint = hint,
        });
    }

    /// <summary>All findings in the order of the text.</summary>
    public IReadOnlyList<Diagnostic> ToSorted()
    {
        var sorted = _findings.OrderBy(static finding => finding.Line).ThenBy(static finding => finding.Column).ToList();
        if (_dropped > 0)
        {
            var last = sorted[^1];
            sorted.Add(new Diagnostic
            {
                Code = DiagnosticCodes.TooManyFindings,
                Severity = Errors > 0 ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
                Message = $"{_dropped} more findings are not shown",
                Hint = "fix these first",
                File = file,
                Line = last.Line,
                Column = last.Column,
            });
        }
        return sorted;
    }
}
