using System.CommandLine;
using Wegent.Resources;

namespace Wegent.Hosting.Commands.Files;

/// <summary><c>schema</c> and <c>explain</c>: what a document may hold, for editors and for people. Without a host.</summary>
internal static class SchemaCommand
{
    public static IEnumerable<Command> Create(Terminal terminal) => [Schema(terminal), Explain(terminal)];

    private static Command Schema(Terminal terminal)
    {
        var kind = new Argument<string?>("KIND") { Description = "Such as Team. Default: one schema for all kinds.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("schema", "Print the JSON Schema of a kind, for editors.") { kind };
        command.SetAction(parsed =>
        {
            terminal.Output.WriteLine(parsed.GetValue(kind) is { } name ? ResourceSchema.Of(Find(name.Split('.')[0]).Path).TrimEnd() : ResourceSchema.All);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Explain(Terminal terminal)
    {
        var path = new Argument<string>("KIND.PATH") { Description = "Such as Team.spec.members." };
        var command = new Command("explain", "Say what a field means: type, meaning, default, example.") { path };
        command.SetAction(parsed =>
        {
            Print(terminal, Find(parsed.GetRequiredValue(path)));
            return ExitCodes.Done;
        });
        return command;
    }

    private static FieldExplanation Find(string path)
    {
        try
        {
            return ResourceSchema.Explain(path);
        }
        catch (NotFoundException error)
        {
            throw new UsageException(error.Message);
        }
    }

    private static void Print(Terminal terminal, FieldExplanation field)
    {
        var output = terminal.Output;
        output.WriteLine($"{terminal.Styled(field.Path, Style.Heading)}  {field.Type}{(field.Required ? ", required" : "")}");
        output.WriteLine();
        output.WriteLine($"  {field.Description}");
        if (field.Default is { } standard)
            output.WriteLine($"  Default: {standard}");
        if (field.Fields.Count > 0)
        {
            output.WriteLine();
            output.WriteLine(terminal.Styled("fields", Style.Quiet));
            var width = field.Fields.Max(static below => NameOf(below).Length);
            foreach (var below in field.Fields)
                output.WriteLine($"  {NameOf(below).PadRight(width)}  {below.Type}{(below.Required ? ", required" : "")}{(below.Default is { } value ? $", default {value}" : "")}\n  {"".PadRight(width)}    {below.Description}");
        }

        if (field.Example is not { } example)
            return;
        output.WriteLine();
        output.WriteLine(terminal.Styled("example", Style.Quiet));
        var name = field.Path.Contains('.', StringComparison.Ordinal) ? NameOf(field) + ":" : null;
        var isBlock = example.Contains('\n', StringComparison.Ordinal) || example.StartsWith("- ", StringComparison.Ordinal) || example.Contains(": ", StringComparison.Ordinal);
        output.WriteLine(name is null ? $"  {example.Replace("\n", "\n  ", StringComparison.Ordinal)}" : isBlock ? $"  {name}\n    {example.Replace("\n", "\n    ", StringComparison.Ordinal)}" : $"  {name} {example}");
    }

    private static string NameOf(FieldExplanation field) => field.Path[(field.Path.LastIndexOf('.') + 1)..];
}
