using System.CommandLine;
using Wegent.Hosting.Commands.Files;
using Wegent.Resources;
using Wegent.Validation;

namespace Wegent.Hosting.Commands.Running;

/// <summary><c>run</c>: files and a prompt in, a team's answer out; nothing to start before, nothing left after.</summary>
internal static class RunCommand
{
    public static Command Create(Terminal terminal)
    {
        var inputs = new Argument<string[]>("FILE... PROMPT") { Description = "Resource files, folders, or - for the input; then what the team is to do.", Arity = new ArgumentArity(2, 1000) };
        var team = new Option<string?>("--team", "-t") { Description = "Which team, when the files have several.", HelpName = "NAME" };
        var workspace = new Option<string?>("--workspace", "-w") { Description = "Folder to work on a copy of.", HelpName = "DIR" };
        var patch = new Option<string?>("--patch") { Description = "Write the workspace's changes there as a git diff.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "One event a line, as JSON." };
        var command = new Command("run", "Give a team a task, here and now, and watch it work.") { inputs, team, workspace, patch, json };
        command.SetAction((parsed, _) =>
        {
            var all = parsed.GetRequiredValue(inputs);
            return RunAsync(new RunRequest(all[..^1], all[^1], parsed.GetValue(team), parsed.GetValue(workspace), parsed.GetValue(patch), parsed.GetValue(json)), terminal);
        });
        return command;
    }

    private static async Task<int> RunAsync(RunRequest request, Terminal terminal)
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var interruption = new Interruption();
        try
        {
            if (File.Exists(request.Prompt) && Path.HasExtension(request.Prompt))
                throw new UsageException($"The last argument is what the team is to do, but '{request.Prompt}' is a file. Add the prompt: … {request.Prompt} \"Add a health endpoint\"");
            if (request.Workspace is { } folder && !Directory.Exists(folder))
                throw new UsageException($"There is no folder '{folder}' for --workspace.");

            var files = InputFile.ReadAll(request.Files, terminal);
            var check = ResourceCheck.Of(files, strict: false, missing: DiagnosticSeverity.Error);
            check.Print(terminal);
            if (check.HasErrors)
                return ExitCodes.Failed;
            var team = Choose(check.Resources, request.Team);

            if (!request.Json)
                SayWho(team, request, terminal);

            await using var host = await TemporaryHost.StartAsync(Path.GetFullPath(request.Workspace ?? "."), terminal, interruption.Token);

            // One stream, since one apply takes everything or nothing; the check before gave each finding its own file and line.
            await host.Wegent.Resources.ApplyAsync(string.Join("\n---\n", files.Select(static file => file.Text)), cancellationToken: interruption.Token);
            return await new TaskRun(host.Wegent.Tasks, team, request, terminal, begun).RunAsync(interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            terminal.Say("interrupted");
            return ExitCodes.Interrupted;
        }
    }

    private static void SayWho(TeamResource team, RunRequest request, Terminal terminal)
    {
        var members = team.Spec.Members.Count;
        terminal.Output.WriteLine(
            terminal.Styled(team.Metadata.DisplayName ?? team.Metadata.Name, Style.Heading)
            + terminal.Styled($" · {members} bot{(members == 1 ? "" : "s")}{(request.Workspace is { } folder ? $" · a copy of {folder}" : "")}", Style.Quiet));
        terminal.Output.Flush();
    }

    private static TeamResource Choose(IReadOnlyList<Resource> resources, string? name)
    {
        var teams = resources.OfType<TeamResource>().ToList();
        var names = string.Join(", ", teams.Select(static team => team.Metadata.Name));
        if (teams.Count == 0)
            throw new UsageException("The files have no Team; a task needs one. samples/resources/demo-team.yaml is a small one to start from.");
        if (name is null)
            return teams.Count == 1 ? teams[0] : throw new UsageException($"The files have {teams.Count} teams; choose one with --team: {names}.");
        return teams.Find(team => team.Metadata.Name == name) ?? throw new UsageException($"The files have no team '{name}'; they have {names}.");
    }
}
