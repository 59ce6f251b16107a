using System.Text;
using Wegent.Events;

namespace Wegent.Hosting.Commands.Running;

/// <summary>One event a line, for programs: <c>{"event": …, "seq": …, "data": {…}}</c>.</summary>
internal sealed class JsonTaskPrinter(Terminal terminal) : ITaskPrinter
{
    /// <inheritdoc/>
    public async ValueTask PrintAsync(RecordedEvent recorded)
    {
        await terminal.Output.WriteLineAsync($$"""{"event":"{{recorded.Name}}","seq":{{recorded.Seq}},"data":{{Encoding.UTF8.GetString(recorded.Data.Span)}}}""");
        await terminal.Output.FlushAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
