using System.Text.Json;
using Wegent.Hosting.Commands.Files;
using Wegent.Validation;

namespace Wegent.Hosting.Commands.Remote;

/// <summary>Several files as one stream, since an apply is one; and the way back from a line of the stream to a line of a file.</summary>
internal sealed class InputStream
{
    private readonly List<(InputFile File, int FirstLine)> _parts = [];

    private InputStream(string text) => Text = text;

    /// <summary>All documents of all files.</summary>
    public string Text { get; private set; }

    /// <exception cref="UsageException">A file cannot be read.</exception>
    public static InputStream Read(IEnumerable<string> paths, Terminal terminal)
    {
        var stream = new InputStream("");
        var text = new System.Text.StringBuilder();
        var line = 1;
        foreach (var file in InputFile.ReadAll(paths, terminal))
        {
            if (text.Length > 0)
            {
                text.Append("\n---\n");
                line += 2;
            }

            var content = file.Text.TrimStart('\uFEFF').ReplaceLineEndings("\n");
            stream._parts.Add((file, line));
            text.Append(content);
            line += content.Count(static c => c == '\n');
        }

        stream.Text = text.ToString();
        return stream;
    }

    /// <summary>Prints what a host found, each with its line and a caret.</summary>
    public void Print(Terminal terminal, JsonElement findings)
    {
        foreach (var finding in findings.EnumerateArray())
        {
            var diagnostic = Locate(finding, out var file);
            terminal.Say(DiagnosticRenderer.Render(diagnostic, file?.Text));
        }
    }

    private Diagnostic Locate(JsonElement finding, out InputFile? file)
    {
        var line = finding.GetProperty("line").GetInt32();
        var part = _parts.LastOrDefault(part => part.FirstLine <= line);
        file = part.File;
        return new Diagnostic
        {
            Code = finding.GetProperty("code").GetString()!,
            Severity = finding.GetProperty("severity").GetString() == "warning" ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error,
            Message = finding.GetProperty("message").GetString()!,
            File = file?.Name ?? finding.GetProperty("file").GetString()!,
            Line = file is null ? line : line - part.FirstLine + 1,
            Column = finding.GetProperty("column").GetInt32(),
            Path = finding.GetProperty("path").GetString()!,
            Hint = finding.TryGetProperty("hint", out var hint) && hint.ValueKind == JsonValueKind.String ? hint.GetString() : null,
        };
    }
}
