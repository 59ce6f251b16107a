using System.CommandLine;
using System.Text.Json;

namespace Wegent.Hosting.Commands.Remote;

/// <summary><c>rollout history</c> and <c>rollout undo</c>: what a resource was before, and back to it.</summary>
internal static class RolloutCommand
{
    public static Command Create(Terminal terminal) => new("rollout", "What a resource was before, and back to it.") { History(terminal), Undo(terminal) };

    /// <summary>Prints revisions, a row each and its changes below.</summary>
    public static void Print(Terminal terminal, JsonElement revisions)
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var revision in revisions.GetProperty("items").EnumerateArray())
        {
            var current = revision.GetProperty("current").GetBoolean() ? terminal.Styled(" (current)", Style.Success) : "";
            terminal.Output.WriteLine($"revision {Table.At(revision, "resourceVersion")}, generation {Table.At(revision, "generation")}, {Table.Age(Table.At(revision, "time"), now)} ago{current}");
            ResourceOutput.PrintChanges(terminal, revision.GetProperty("diff"));
        }
    }

    private static Command History(Terminal terminal)
    {
        var target = new Argument<string[]>("KIND NAME") { Description = "Such as: team web, or team/web.", Arity = ArgumentArity.OneOrMore };
        var limit = new Option<int>("--limit") { Description = "How many revisions at most.", HelpName = "NUMBER", DefaultValueFactory = _ => 10 };
        var command = new Command("history", "The revisions of a resource, newest first, and what each changed.") { target, limit };
        var connection = Connection.AddTo(command, withNamespace: true, "table", "json");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = connection.Open(parsed);
            var what = Target.ParseOne(parsed.GetRequiredValue(target));
            var revisions = await host.GetAsync($"{what.Path(what.Names[0], connection.Namespace(parsed))}/revisions?limit={parsed.GetValue(limit)}", cancellationToken);
            if (connection.Format(parsed) == "json")
                terminal.Output.WriteLine(ResourceOutput.Json(revisions));
            else
                Print(terminal, revisions);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Undo(Terminal terminal)
    {
        var target = new Argument<string[]>("KIND NAME") { Description = "Such as: team web, or team/web.", Arity = ArgumentArity.OneOrMore };
        var to = new Option<long?>("--to-revision") { Description = "Which one. Default: the newest that differs.", HelpName = "REVISION" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would happen and write nothing." };
        var command = new Command("undo", "Make a resource what it was in an earlier revision.") { target, to, dryRun };
        var connection = Connection.AddTo(command, withNamespace: true, "name", "yaml", "json");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = connection.Open(parsed);
            var what = Target.ParseOne(parsed.GetRequiredValue(target));
            var query = $"dryRun={(parsed.GetValue(dryRun) ? "true" : "false")}{(parsed.GetValue(to) is { } revision ? $"&to={revision}" : "")}";
            var undone = await host.PostAsync($"{what.Path(what.Names[0], connection.Namespace(parsed))}/undo?{query}", "", "application/json", cancellationToken);
            if (connection.Format(parsed) == "name")
                terminal.Output.WriteLine($"{what.Kind.Name.ToLowerInvariant()}/{what.Names[0]} {(parsed.GetValue(dryRun) ? "would go back" : $"is back, as version {Table.At(undone, "metadata.resourceVersion")}")}");
            else
                ResourceOutput.Print(terminal.Output, connection.Format(parsed), what.Kind, [undone], isOne: true, withNamespace: false);
            return ExitCodes.Done;
        });
        return command;
    }
}
