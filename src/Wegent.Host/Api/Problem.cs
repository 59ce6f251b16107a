using System.Text.Json;
using System.Text.Json.Serialization;
using Wegent.Validation;

namespace Wegent.Hosting.Api;

/// <summary>An error on the wire: RFC 9457 with a code to match on, and every finding about a bad input.</summary>
internal sealed record Problem
{
    /// <summary>Always <c>about:blank</c>: <see cref="Code"/> says what it is.</summary>
    public string Type { get; init; } = "about:blank";

    /// <summary>The status in words.</summary>
    public required string Title { get; init; }

    /// <summary>HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What happened and what to do, for a person.</summary>
    public required string Detail { get; init; }

    /// <summary>Stable dotted code, such as <c>resource.conflict</c>.</summary>
    public required string Code { get; init; }

    /// <summary>Finds the request in the host's log and traces.</summary>
    public required string TraceId { get; init; }

    /// <summary>All findings; null when it is not about the content of an input.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Finding>? Errors { get; init; }
}

/// <summary>One <see cref="Diagnostic"/> on the wire.</summary>
internal sealed record Finding(string Code, string Severity, string Message, string File, int Line, int Column, string Path, string? Hint)
{
    public static IReadOnlyList<Finding> From(IReadOnlyList<Diagnostic> diagnostics) => [.. diagnostics.Select(From)];

    private static Finding From(Diagnostic diagnostic) => new(
        diagnostic.Code,
        JsonNamingPolicy.CamelCase.ConvertName(diagnostic.Severity.ToString()),
        diagnostic.Message,
        diagnostic.File,
        diagnostic.Line,
        diagnostic.Column,
        diagnostic.Path,
        diagnostic.Hint);
}
