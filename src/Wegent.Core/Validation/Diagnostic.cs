namespace Wegent.Validation;

/// <summary>How much a finding weighs.</summary>
public enum DiagnosticSeverity
{
    /// <summary>Worth a look; nothing is refused for it.</summary>
    Warning,

    /// <summary>The document is refused.</summary>
    Error,
}

/// <summary>Something found in a document, with its place. All findings are reported at once.</summary>
public sealed record Diagnostic
{
    /// <summary>Stable code, such as <c>WG0201</c>: 01xx syntax, 02xx structure, 03xx rules of a kind, 04xx references.</summary>
    public required string Code { get; init; }

    /// <summary>How much it weighs.</summary>
    public required DiagnosticSeverity Severity { get; init; }

    /// <summary>What is wrong.</summary>
    public required string Message { get; init; }

    /// <summary>Name of the source, such as <c>bot.yaml</c>.</summary>
    public required string File { get; init; }

    /// <summary>Line, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Column, from 1, in UTF-16 code units.</summary>
    public required int Column { get; init; }

    /// <summary>Path in the document, such as <c>spec.members[0].botRef.name</c>; empty for the document itself.</summary>
    public string Path { get; init; } = "";

    /// <summary>What to do about it; null when the message says it all.</summary>
    public string? Hint { get; init; }

    /// <summary>As a compiler prints it: <c>bot.yaml:4:3: error WG0201: unknown field 'nme' (did you mean 'name'?)</c>.</summary>
    public override string ToString() =>
        $"{File}:{Line}:{Column}: {(Severity == DiagnosticSeverity.Error ? "error" : "warning")} {Code}: {Message}{(Hint is null ? "" : $" ({Hint})")}";
}
