using System.CommandLine;

namespace Wegent.Hosting.Commands.Files;

/// <summary><c>validate</c>: checks files without a host, and shows each finding in its line.</summary>
internal static class ValidateCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "Files, folders, or - for the input.", Arity = ArgumentArity.OneOrMore };
        var strict = new Option<bool>("--strict") { Description = "Unknown fields are errors, not warnings." };
        var command = new Command("validate", "Check resource files: every finding with its line, all at once.") { files, strict };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(files), parsed.GetValue(strict), terminal));
        return command;
    }

    private static int Run(string[] paths, bool strict, Terminal terminal)
    {
        var files = InputFile.ReadAll(paths, terminal);
        var check = ResourceCheck.Of(files, strict);
        check.Print(terminal);
        if (check.HasErrors)
            return ExitCodes.Failed;
        terminal.Output.WriteLine($"{check.Resources.Count} resource{(check.Resources.Count == 1 ? "" : "s")} in {files.Count} file{(files.Count == 1 ? "" : "s")}: valid");
        return ExitCodes.Done;
    }
}
