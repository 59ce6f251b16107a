using Wegent.Sandboxes;

namespace Wegent.Runtime.Tests.Agents.ClaudeCode;

/// <summary>One recorded run of the real program: its output, and how it ended where the output does not say so.</summary>
internal static class Transcript
{
    /// <summary>Runs that ended without a result: what they printed on standard error, and their exit code.</summary>
    private static readonly Dictionary<string, (string Error, int ExitCode)> Ends = new(StringComparer.Ordinal)
    {
        ["21-tools-skip-root"] = ("--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons", 1),
        ["22-tools-bypass-root"] = ("--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons", 1),
        ["49-json-output"] = ("", 0),
        ["50-text-output"] = ("", 0),
        ["51-noverbose"] = ("Error: When using --print, --output-format=stream-json requires --verbose", 1),
        ["66-sigterm-stream"] = ("", 143),
        ["70-badjson-stdin"] = ("Error parsing streaming input line: this is not json: SyntaxError", 1),
        ["81-session-id-again"] = ("Error: Session ID 11111111-2222-4333-8444-555555555555 is already in use.", 1),
        ["89-bad-session-id"] = ("Error: Invalid session ID. Must be a valid UUID.", 1),
        ["92-mcp-badjson"] = ("Error: Invalid MCP configuration:\nMCP config file not found: /workspace/{bad", 1),
        ["a3-empty-prompt"] = ("Error: Input must be provided either through stdin or as a prompt argument when using --print", 1),
        ["b2-stall"] = ("", 143),
        ["c1-sigterm-bash"] = ("", 143),
        ["c2-sigkill-bash"] = ("", 137),
        ["c3-watchdog"] = ("", 143),
    };

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Agents", "ClaudeCode", "Transcripts");

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*.jsonl").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    public static string ExpectedEvents => File.ReadAllText(Path.Combine(Folder, "expected-events.txt"));

    /// <summary>Everything a run put out, in order, numbered.</summary>
    public static IReadOnlyList<ExecutionOutput> Read(string name)
    {
        var (error, exitCode) = Ends.GetValueOrDefault(name, ("", 0));
        List<ExecutionOutput> output = [];
        foreach (var line in File.ReadLines(Path.Combine(Folder, name + ".jsonl")))
            output.Add(new ExecutionLine(output.Count, IsError: false, line));
        foreach (var line in error.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            output.Add(new ExecutionLine(output.Count, IsError: true, line));
        output.Add(new ExecutionExited(output.Count, exitCode));
        return output;
    }
}
