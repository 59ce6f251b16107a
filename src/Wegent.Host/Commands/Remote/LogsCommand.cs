using System.CommandLine;
using System.Globalization;
using System.Text;
using Wegent.Events;
using Wegent.Hosting.Commands.Running;

namespace Wegent.Hosting.Commands.Remote;

/// <summary><c>logs</c>: what an agent wrote, or with <c>-f</c> what happens to a task as it happens.</summary>
internal static class LogsCommand
{
    public static Command Create(Terminal terminal)
    {
        var task = new Argument<string>("TASK") { Description = "Number or name of a task." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Show the conversation as it goes on, to its end." };
        var lines = new Option<int>("--lines") { Description = "How many of the newest lines.", HelpName = "NUMBER", DefaultValueFactory = _ => 1000 };
        var json = new Option<bool>("--json") { Description = "With -f: one event a line, as JSON." };
        var command = new Command("logs", "Show what a task's agent wrote.") { task, follow, lines, json };
        var connection = Connection.AddTo(command, withNamespace: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = connection.Open(parsed);
            var name = parsed.GetRequiredValue(task);
            var path = $"/api/v1/tasks/{Uri.EscapeDataString(name.StartsWith("task/", StringComparison.Ordinal) ? name[5..] : name)}";
            var space = connection.Namespace(parsed) is { } given ? $"namespace={Uri.EscapeDataString(given)}&" : "";
            if (!parsed.GetValue(follow))
            {
                await terminal.Output.WriteAsync(await host.GetTextAsync($"{path}/logs?{space}lines={parsed.GetValue(lines)}", cancellationToken));
                return ExitCodes.Done;
            }

            await using ITaskPrinter printer = parsed.GetValue(json) ? new JsonTaskPrinter(terminal) : new TextTaskPrinter(terminal);
            using var reply = await host.OpenAsync(HttpMethod.Get, $"{path}/events?{space}after_seq=0", null, "", cancellationToken);
            using var stream = new StreamReader(await reply.Content.ReadAsStreamAsync(cancellationToken));
            await CopyAsync(stream, printer, cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    // Server-sent events as the host writes them: id, event, data in one line each, then an empty line.
    private static async Task CopyAsync(StreamReader stream, ITaskPrinter printer, CancellationToken cancellationToken)
    {
        var (seq, name) = (0L, "");
        while (await stream.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                seq = long.Parse(line.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture);
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
                name = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                await printer.PrintAsync(new RecordedEvent(0, seq, name, Encoding.UTF8.GetBytes(line[6..]), default));
        }
    }
}
