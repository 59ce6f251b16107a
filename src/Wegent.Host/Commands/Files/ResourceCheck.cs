using Wegent.Resources;
using Wegent.Resources.Yaml;
using Wegent.Validation;

namespace Wegent.Hosting.Commands.Files;

/// <summary>What an offline check of files found.</summary>
internal sealed class ResourceCheck
{
    private readonly IReadOnlyList<Diagnostic> _findings;
    private readonly Dictionary<string, string> _texts;

    private ResourceCheck(ResourceSet set, IReadOnlyList<Diagnostic> findings, Dictionary<string, string> texts)
    {
        Resources = [.. set.Resources];
        _findings = findings;
        _texts = texts;
    }

    /// <summary>The documents that are sound.</summary>
    public IReadOnlyList<Resource> Resources { get; }

    public bool HasErrors => _findings.Any(static finding => finding.Severity == DiagnosticSeverity.Error);

    /// <summary>Checks files together: one may refer to what another declares.</summary>
    /// <param name="files">The files.</param>
    /// <param name="strict">Unknown fields are errors.</param>
    /// <param name="missing">How much a reference weighs that leads out of the files: what it means may be on a host.</param>
    public static ResourceCheck Of(IReadOnlyList<InputFile> files, bool strict, DiagnosticSeverity missing = DiagnosticSeverity.Warning)
    {
        // Folders are trusted here: whoever calls the tool can read them anyway.
        var options = new ReaderOptions { Strict = strict, AllowLocalPaths = true };
        var set = ResourceSet.Combine(files.Select(file => ResourceReader.Read(file.Text, file.Name, options)));
        var references = ReferenceChecker.Check(set, IWegentClient.LocalOwner, BuiltInResources.ByKey, missing);
        var order = files.Select(static (file, index) => (file.Name, index)).DistinctBy(static file => file.Name).ToDictionary(static file => file.Name, static file => file.index);
        var findings = set.Diagnostics.Concat(references).OrderBy(finding => order.GetValueOrDefault(finding.File)).ThenBy(static finding => finding.Line).ThenBy(static finding => finding.Column).ToList();
        return new ResourceCheck(set, findings, files.DistinctBy(static file => file.Name).ToDictionary(static file => file.Name, static file => file.Text));
    }

    /// <summary>Prints each finding with its source line and a caret, and how many there are.</summary>
    public void Print(Terminal terminal)
    {
        foreach (var finding in _findings)
            terminal.Say(DiagnosticRenderer.Render(finding, _texts.GetValueOrDefault(finding.File)));
        if (_findings.Count == 0)
            return;
        var errors = _findings.Count(static finding => finding.Severity == DiagnosticSeverity.Error);
        var warnings = _findings.Count - errors;
        terminal.Say($"{errors} error{(errors == 1 ? "" : "s")}, {warnings} warning{(warnings == 1 ? "" : "s")}");
    }
}
