using System.CommandLine;
using System.Text.Json;
using Wegent.Hosting.Commands.Files;

namespace Wegent.Hosting.Commands.Remote;

/// <summary><c>apply</c>, <c>diff</c> and <c>plan</c>: files to a host; for good, to see what would change, and to keep what would change.</summary>
internal static class ApplyCommand
{
    private const string Yaml = "application/yaml";
    private const string JsonType = "application/json";

    public static IEnumerable<Command> Create(Terminal terminal) => [Apply(terminal), Diff(terminal), Plan(terminal)];

    private static Command Apply(Terminal terminal)
    {
        var inputs = new ApplyInputs();
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would happen and write nothing." };
        var plan = new Option<string?>("--plan") { Description = "Do exactly what a saved plan says, or nothing.", HelpName = "FILE" };
        var command = new Command("apply", "Make a host agree with files: all documents or none.") { inputs.Files, inputs.Prune, inputs.Strict, dryRun, plan };
        var connection = Connection.AddTo(command, withNamespace: true, "table", "json", "name");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = connection.Open(parsed);
            if (parsed.GetValue(plan) is { } file)
            {
                if (parsed.GetValue(inputs.Files) is { Length: > 0 })
                    throw new UsageException("A plan holds its documents already: leave -f out, or --plan.");
                return Print(terminal, connection.Format(parsed), await host.PostAsync("/api/v1/plan/apply", string.Concat(InputFile.ReadAll([file], terminal).Select(static one => one.Text)), JsonType, cancellationToken), dryRun: false);
            }

            return await inputs.SendAsync(parsed, terminal, async (stream, query) =>
                Print(terminal, connection.Format(parsed), await host.PostAsync($"{Path(connection.Namespace(parsed), "apply")}?{query}&dryRun={Word(parsed.GetValue(dryRun))}", stream.Text, Yaml, cancellationToken), parsed.GetValue(dryRun), stream));
        });
        return command;
    }

    private static Command Diff(Terminal terminal)
    {
        var inputs = new ApplyInputs();
        var exitCode = new Option<bool>("--exit-code") { Description = "End with 1 when there is a difference." };
        var command = new Command("diff", "Show which fields an apply would change; secrets are masked.") { inputs.Files, inputs.Prune, inputs.Strict, exitCode };
        var connection = Connection.AddTo(command, withNamespace: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = connection.Open(parsed);
            return await inputs.SendAsync(parsed, terminal, async (stream, query) =>
            {
                var reply = await host.PostAsync($"{Path(connection.Namespace(parsed), "apply")}?{query}&dryRun=true", stream.Text, Yaml, cancellationToken);
                var differs = false;
                foreach (var result in reply.GetProperty("results").EnumerateArray())
                    differs |= PrintStep(terminal, result, Table.At(result, "operation"));
                if (!differs)
                    terminal.Say("no differences");
                return differs && parsed.GetValue(exitCode) ? ExitCodes.Failed : ExitCodes.Done;
            });
        });
        return command;
    }

    private static Command Plan(Terminal terminal)
    {
        var inputs = new ApplyInputs();
        var save = new Option<string?>("--out") { Description = "Keep the plan there, for apply --plan. It holds the documents as they are.", HelpName = "FILE" };
        var command = new Command("plan", "Find out what an apply would do: changes, prunes, tasks that use what changes.") { inputs.Files, inputs.Prune, inputs.Strict, save };
        var connection = Connection.AddTo(command, withNamespace: true, "table", "json");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = connection.Open(parsed);
            return await inputs.SendAsync(parsed, terminal, async (stream, query) =>
            {
                var plan = await host.PostAsync($"{Path(connection.Namespace(parsed), "plan")}?{query}", stream.Text, Yaml, cancellationToken);
                if (parsed.GetValue(save) is { } file)
                    Save(file, ResourceOutput.Json(plan));
                if (connection.Format(parsed) == "json")
                    terminal.Output.WriteLine(ResourceOutput.Json(plan));
                else
                    Print(terminal, plan, parsed.GetValue(save));
                return ExitCodes.Done;
            });
        });
        return command;
    }

    private static int Print(Terminal terminal, string format, JsonElement reply, bool dryRun, InputStream? stream = null)
    {
        if (format == "json")
        {
            terminal.Output.WriteLine(ResourceOutput.Json(reply));
            return ExitCodes.Done;
        }

        if (stream is not null && reply.GetProperty("warnings").GetArrayLength() > 0)
            stream.Print(terminal, reply.GetProperty("warnings"));
        foreach (var result in reply.GetProperty("results").EnumerateArray())
            terminal.Output.WriteLine(format == "name" ? NameOf(result) : $"{NameOf(result)} {Coloured(terminal, Table.At(result, "operation"))}{(dryRun ? " (dry run)" : "")}");
        return ExitCodes.Done;
    }

    private static void Print(Terminal terminal, JsonElement plan, string? file)
    {
        var count = 0;
        foreach (var step in plan.GetProperty("steps").EnumerateArray())
            count += PrintStep(terminal, step, Table.At(step, "operation").ToLowerInvariant()) ? 1 : 0;
        foreach (var task in plan.GetProperty("tasks").EnumerateArray())
            terminal.Output.WriteLine($"task {Table.At(task, "taskId")} of team {Table.At(task, "team")} is {Table.At(task, "status")} and uses {string.Join(", ", task.GetProperty("uses").EnumerateArray().Select(static use => use.GetString()))}; it keeps what it began with");
        terminal.Output.WriteLine(count == 0 ? "nothing to do" : $"{count} to change");
        if (file is not null)
            terminal.Say($"saved; do exactly this with: wegent apply --plan {file}");
    }

    /// <returns>Whether the step changes anything.</returns>
    private static bool PrintStep(Terminal terminal, JsonElement step, string operation)
    {
        if (operation == "unchanged")
            return false;
        terminal.Output.WriteLine($"{NameOf(step)} {Coloured(terminal, operation)}");
        if (step.TryGetProperty("diff", out var changes) || step.TryGetProperty("changes", out changes))
            ResourceOutput.PrintChanges(terminal, changes);
        return true;
    }

    private static string NameOf(JsonElement result)
    {
        var space = Table.At(result, "namespace");
        return $"{Table.At(result, "kind").ToLowerInvariant()}/{Table.At(result, "name")}{(space is "default" or "" ? "" : $" (in {space})")}";
    }

    private static string Coloured(Terminal terminal, string operation) => terminal.Styled(operation, operation switch
    {
        "created" => Style.Success,
        "configured" => Style.Warning,
        "pruned" => Style.Failure,
        _ => Style.Quiet,
    });

    private static string Path(string? namespaceName, string verb) => namespaceName is null ? $"/api/v1/{verb}" : $"/api/v1/namespaces/{Uri.EscapeDataString(namespaceName)}/{verb}";

    private static string Word(bool value) => value ? "true" : "false";

    // It may hold secrets, as the documents do.
    private static void Save(string file, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using var writer = new StreamWriter(file, options);
            writer.Write(text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{file}' cannot be written: {error.Message}");
        }
    }
}
