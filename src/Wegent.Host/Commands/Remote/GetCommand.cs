using System.CommandLine;
using System.Text.Json;
using Wegent.Resources;
using Wegent.Resources.Yaml;

namespace Wegent.Hosting.Commands.Remote;

/// <summary><c>get</c> and <c>describe</c>: resources of a host, many in short or one in full.</summary>
internal static class GetCommand
{
    private const int PageLength = 500;

    public static IEnumerable<Command> Create(Terminal terminal) => [Get(terminal), Describe(terminal)];

    private static Command Get(Terminal terminal)
    {
        var target = new Argument<string[]>("KIND [NAME...]") { Description = "Such as: teams, team web, team/web, tasks.", Arity = ArgumentArity.OneOrMore };
        var labels = new Option<string?>("--selector", "-l") { Description = "Only with these labels, such as app=web,tier!=db.", HelpName = "LABELS" };
        var fields = new Option<string?>("--field-selector") { Description = "Only with these values, such as spec.shellType=Demo.", HelpName = "FIELDS" };
        var isPublic = new Option<bool>("--public") { Description = "The public resources instead of your own." };
        var command = new Command("get", "Show resources.") { target, labels, fields, isPublic };
        var connection = Connection.AddTo(command, withNamespace: true, ResourceOutput.Formats);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = connection.Open(parsed);
            var what = Target.Parse(parsed.GetRequiredValue(target));
            var items = new List<JsonElement>();
            foreach (var name in what.Names)
                items.Add(await host.GetAsync(what.Path(name, connection.Namespace(parsed)), cancellationToken));
            if (what.Names.Count == 0)
                await ListAsync(host, what, connection.Namespace(parsed), parsed.GetValue(labels), parsed.GetValue(fields), parsed.GetValue(isPublic), items, cancellationToken);
            if (items.Count == 0 && connection.Format(parsed) == "table")
                terminal.Say($"no {what.Kind.Plural}");
            else
                ResourceOutput.Print(terminal.Output, connection.Format(parsed), what.Kind, items, isOne: what.Names.Count == 1, withNamespace: connection.Namespace(parsed) is null && what.Names.Count == 0);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Describe(Terminal terminal)
    {
        var target = new Argument<string[]>("KIND NAME") { Description = "Such as: team web, or team/web.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("describe", "Show one resource in full: what it says, how it stands, what changed last.") { target };
        var connection = Connection.AddTo(command, withNamespace: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = connection.Open(parsed);
            var what = Target.ParseOne(parsed.GetRequiredValue(target));
            var path = what.Path(what.Names[0], connection.Namespace(parsed));
            terminal.Output.Write(ResourceWriter.ToYaml(await host.GetAsync(path, cancellationToken)));
            if (what.Kind.Name != ResourceKinds.Task && await FindRevisionsAsync(host, path, cancellationToken) is { } revisions)
            {
                terminal.Output.WriteLine();
                terminal.Output.WriteLine(terminal.Styled("revisions, newest first", Style.Heading));
                RolloutCommand.Print(terminal, revisions);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task ListAsync(HostClient host, Target what, string? namespaceName, string? labels, string? fields, bool isPublic, List<JsonElement> items, CancellationToken cancellationToken)
    {
        var query = $"limit={PageLength}{(labels is null ? "" : $"&labelSelector={Uri.EscapeDataString(labels)}")}{(fields is null ? "" : $"&fieldSelector={Uri.EscapeDataString(fields)}")}{(isPublic ? "&public=true" : "")}";
        var next = "";
        do
        {
            var page = await host.GetAsync($"{what.ListPath(namespaceName)}?{query}{next}", cancellationToken);
            items.AddRange(page.GetProperty("items").EnumerateArray());
            next = page.GetProperty("metadata").TryGetProperty("continue", out var token) ? $"&{(what.Kind.Name == ResourceKinds.Task ? "cursor" : "continue")}={Uri.EscapeDataString(token.GetString()!)}" : "";
        }
        while (next.Length > 0);
    }

    // A public resource shown to a user has no revisions that they may see.
    private static async Task<JsonElement?> FindRevisionsAsync(HostClient host, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await host.GetAsync($"{path}/revisions?limit=5", cancellationToken);
        }
        catch (HostException error) when (error.Status == StatusCodes.Status404NotFound)
        {
            return null;
        }
    }
}
