using System.Runtime.InteropServices;

namespace Wegent.Resources.Yaml;

/// <summary>A place in a text.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1, in UTF-16 code units.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SourcePosition(int Line, int Column);
