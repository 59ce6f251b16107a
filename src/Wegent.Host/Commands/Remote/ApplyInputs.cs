using System.CommandLine;

namespace Wegent.Hosting.Commands.Remote;

/// <summary>The options of commands that send files to be applied.</summary>
internal sealed class ApplyInputs
{
    public Option<string[]> Files { get; } = new("--filename", "-f") { Description = "Files, folders, or - for the input.", HelpName = "FILE|DIR|-", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = true };

    public Option<string?> Prune { get; } = new("--prune") { Description = "Remove what an earlier apply of this set created and the files no longer hold.", HelpName = "SET" };

    public Option<bool> Strict { get; } = new("--strict") { Description = "Unknown fields are errors, not warnings." };

    /// <summary>Reads the files and sends them; what the host finds in them is shown in their lines.</summary>
    public async Task<int> SendAsync(ParseResult parsed, Terminal terminal, Func<InputStream, string, Task<int>> send)
    {
        if (parsed.GetValue(Files) is not { Length: > 0 } files)
            throw new UsageException("Name the files with -f.");
        var stream = InputStream.Read(files, terminal);
        var prune = parsed.GetValue(Prune) is { } set ? $"&prune={Uri.EscapeDataString(set)}" : "";
        try
        {
            return await send(stream, $"strict={(parsed.GetValue(Strict) ? "true" : "false")}{prune}");
        }
        catch (HostException error) when (error.Findings is { } findings)
        {
            stream.Print(terminal, findings);
            var count = findings.EnumerateArray().Count(static finding => Table.At(finding, "severity") == "error");
            terminal.Fail($"The host found {count} error{(count == 1 ? "" : "s")}. Nothing was written.");
            return ExitCodes.Failed;
        }
    }
}
