using Wegent.Validation;

namespace Wegent;

/// <summary>Documents that were refused, with everything that is wrong with them.</summary>
/// <param name="diagnostics">All findings, in the order of the documents; at least one error.</param>
public sealed class InvalidResourcesException(IReadOnlyList<Diagnostic> diagnostics)
    : WegentException("resource.invalid", string.Join(Environment.NewLine, diagnostics))
{
    /// <summary>All findings, warnings included.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; } = diagnostics;
}
