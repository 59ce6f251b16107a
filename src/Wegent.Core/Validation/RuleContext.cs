using Wegent.Resources.Yaml;

namespace Wegent.Validation;

/// <summary>What a kind's rules see beside the resource: where to report to, and what the reader was told.</summary>
internal sealed class RuleContext(ResourceDocument document, DiagnosticBag findings, ReaderOptions options)
{
    public ReaderOptions Options => options;

    /// <summary>Whether a placeholder stands at a path: what follows from its value means nothing.</summary>
    public bool IsBroken(string path) => document.IsBroken(path);

    /// <param name="code">From <see cref="DiagnosticCodes"/>.</param>
    /// <param name="path">Where, such as <c>spec.members[0].role</c>.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="hint">What to do.</param>
    public void Error(string code, string path, string message, string? hint = null) => Report(DiagnosticSeverity.Error, code, path, message, hint);

    /// <inheritdoc cref="Error"/>
    public void Warning(string code, string path, string message, string? hint = null) => Report(DiagnosticSeverity.Warning, code, path, message, hint);

    private void Report(DiagnosticSeverity severity, string code, string path, string message, string? hint)
    {
        // At a place that is already reported stands a placeholder; it must not be blamed for its own content.
        if (!document.IsBroken(path))
            findings.Add(severity, code, document.Locate(path), path, message, hint);
    }
}
