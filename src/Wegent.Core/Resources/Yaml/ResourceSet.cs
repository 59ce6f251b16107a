using Wegent.Validation;

namespace Wegent.Resources.Yaml;

/// <summary>What was read from one or more inputs: every document, and everything that was found.</summary>
/// <param name="Documents">In the order of the text.</param>
/// <param name="Diagnostics">All findings of all documents, in the order of the text.</param>
public sealed record ResourceSet(IReadOnlyList<ResourceDocument> Documents, IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>The resources that are in order, in the order of the text.</summary>
    public IEnumerable<Resource> Resources => Documents.Where(static document => document.Resource is not null).Select(static document => document.Resource!);

    /// <summary>Whether any finding is an error.</summary>
    public bool HasErrors => Diagnostics.Any(static finding => finding.Severity == DiagnosticSeverity.Error);

    /// <summary>Several inputs as one, such as the files of a folder: references may then lead from one into another.</summary>
    public static ResourceSet Combine(IEnumerable<ResourceSet> sets)
    {
        var all = sets.ToList();
        return new([.. all.SelectMany(static set => set.Documents)], [.. all.SelectMany(static set => set.Diagnostics)]);
    }
}
