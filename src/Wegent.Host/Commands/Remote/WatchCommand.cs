using System.CommandLine;
using System.Text.Json;

namespace Wegent.Hosting.Commands.Remote;

/// <summary><c>watch</c>: what happens to resources, a line each, until it is interrupted. A connection that breaks is taken up where it broke.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create(Terminal terminal)
    {
        var target = new Argument<string>("KIND") { Description = "Such as: teams." };
        var labels = new Option<string?>("--selector", "-l") { Description = "Only with these labels, such as app=web,tier!=db.", HelpName = "LABELS" };
        var version = new Option<string?>("--resource-version") { Description = "Begin after this version. Default: with what is there.", HelpName = "VERSION" };
        var command = new Command("watch", "Tell what happens to resources, until interrupted.") { target, labels, version };
        var connection = Connection.AddTo(command, withNamespace: true, "table", "json", "name");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = connection.Open(parsed);
            var what = Target.Parse([parsed.GetRequiredValue(target)]);
            var query = parsed.GetValue(labels) is { } selector ? $"&labelSelector={Uri.EscapeDataString(selector)}" : "";
            var last = parsed.GetValue(version);
            while (true)
            {
                try
                {
                    var address = $"{what.ListPath(connection.Namespace(parsed))}?watch=true{query}{(last is null ? "" : $"&resourceVersion={Uri.EscapeDataString(last)}")}";
                    using var reply = await host.OpenAsync(HttpMethod.Get, address, null, "", cancellationToken);
                    using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync(cancellationToken));
                    while (await lines.ReadLineAsync(cancellationToken) is { } line)
                        last = await PrintAsync(terminal, connection.Format(parsed), line) ?? last;
                }
                catch (Exception error) when (last is not null && !cancellationToken.IsCancellationRequested && (error is IOException or HttpRequestException or UnavailableException))
                {
                    terminal.Say($"The connection broke; going on from version {last}.");
                }

                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        });
        return command;
    }

    /// <returns>The version to go on from.</returns>
    private static async Task<string?> PrintAsync(Terminal terminal, string format, string line)
    {
        using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 128 });
        var (type, resource) = (Table.At(document.RootElement, "type"), document.RootElement.GetProperty("object"));
        if (type == "ERROR")
            throw new HostException(resource.GetProperty("status").GetInt32(), Table.At(resource, "code"), resource.GetProperty("detail").GetString()!, null);
        if (format == "json")
            terminal.Output.WriteLine(line);
        else if (type != "BOOKMARK")
            terminal.Output.WriteLine(format == "name" ? $"{Table.At(resource, "kind").ToLowerInvariant()}/{Table.At(resource, "metadata.name")}" : $"{type,-8} {Table.At(resource, "kind").ToLowerInvariant()}/{Table.At(resource, "metadata.name")} in {Table.At(resource, "metadata.namespace")}, version {Table.At(resource, "metadata.resourceVersion")}, {Table.At(resource, "status.state")}");
        await terminal.Output.FlushAsync();
        return Table.At(resource, "metadata.resourceVersion");
    }
}
