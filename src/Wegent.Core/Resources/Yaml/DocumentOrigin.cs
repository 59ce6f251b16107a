using System.Runtime.InteropServices;
using Wegent.Validation;

namespace Wegent.Resources.Yaml;

/// <summary>Where a document came from. Its nodes are not kept, since most documents are never asked for a place: they are read again when one is.</summary>
/// <param name="Source">The text, with how it was read.</param>
/// <param name="Offset">Start of the line on which the document begins.</param>
/// <param name="LinesBefore">Lines of the text before that.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DocumentOrigin(SourceText Source, int Offset, int LinesBefore)
{
    /// <summary>The document's nodes, or null where reading it alone gives none.</summary>
    public SourceTree? Read() => new YamlStreamReader(Source, new DiagnosticBag("", 0), Offset, LinesBefore).Read();
}
