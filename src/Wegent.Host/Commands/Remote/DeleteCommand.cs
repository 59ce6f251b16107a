using System.CommandLine;
using System.Text.Json;
using Wegent.Resources;

namespace Wegent.Hosting.Commands.Remote;

/// <summary><c>delete</c>: by kind and name, or what files hold; all or none.</summary>
internal static class DeleteCommand
{
    public static Command Create(Terminal terminal)
    {
        var target = new Argument<string[]>("KIND NAME...") { Description = "Such as: team web, or team/web.", Arity = ArgumentArity.ZeroOrMore };
        var inputs = new ApplyInputs();
        var cascade = new Option<bool>("--cascade") { Description = "Also delete what refers to it." };
        var ignore = new Option<bool>("--ignore-not-found") { Description = "What is not there is no failure." };
        var command = new Command("delete", "Delete resources: all or none.") { target, inputs.Files, cascade, ignore };
        var connection = Connection.AddTo(command, withNamespace: true, "table", "json", "name");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = connection.Open(parsed);
            var words = parsed.GetValue(target) ?? [];
            var files = parsed.GetValue(inputs.Files) ?? [];
            if (words.Length == 0 == (files.Length == 0))
                throw new UsageException("Name what to delete: KIND NAME, or -f FILE.");
            if (words.Length > 0 && Target.Parse(words) is { Kind.Name: ResourceKinds.Task } tasks)
                return await DeleteTasksAsync(host, tasks, terminal, cancellationToken);

            var body = words.Length > 0 ? Identities(Target.Parse(words)) : InputStream.Read(files, terminal).Text;
            var space = Uri.EscapeDataString(connection.Namespace(parsed) ?? ObjectMeta.DefaultNamespace);
            var reply = await host.PostAsync($"/api/v1/namespaces/{space}/delete?cascade={(parsed.GetValue(cascade) ? "true" : "false")}", body, "application/yaml", cancellationToken);
            return Print(terminal, connection.Format(parsed), reply, parsed.GetValue(ignore));
        });
        return command;
    }

    private static async Task<int> DeleteTasksAsync(HostClient host, Target tasks, Terminal terminal, CancellationToken cancellationToken)
    {
        foreach (var name in tasks.Names)
        {
            await host.SendAsync(HttpMethod.Delete, $"/api/v1/tasks/{Uri.EscapeDataString(name)}", null, "", cancellationToken);
            terminal.Output.WriteLine($"task/{name} deleted");
        }

        return ExitCodes.Done;
    }

    private static int Print(Terminal terminal, string format, JsonElement reply, bool ignoreMissing)
    {
        if (format == "json")
            terminal.Output.WriteLine(ResourceOutput.Json(reply));
        var missing = 0;
        foreach (var result in reply.GetProperty("results").EnumerateArray())
        {
            var name = $"{Table.At(result, "kind").ToLowerInvariant()}/{Table.At(result, "name")}";
            if (Table.At(result, "operation") == "not_found")
            {
                missing++;
                terminal.Say($"{name} does not exist in namespace '{Table.At(result, "namespace")}'");
            }
            else if (format != "json")
            {
                terminal.Output.WriteLine(format == "name" ? name : $"{name} deleted");
            }
        }

        return missing > 0 && !ignoreMissing ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static string Identities(Target target) => target.Names.Count == 0
        ? throw new UsageException("Name the resources to delete, such as: team/web")
        : string.Join("\n---\n", target.Names.Select(name => $"kind: {target.Kind.Name}\nmetadata: {{ name: {JsonSerializer.Serialize(name)} }}"));
}
