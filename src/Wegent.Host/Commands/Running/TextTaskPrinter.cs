using System.Text;
using Wegent.Events;
using Wegent.Tasks;

namespace Wegent.Hosting.Commands.Running;

/// <summary>Shows a task to a person: a heading for each bot, its answer as it comes, its thoughts quietly, its tools in a line each.</summary>
internal sealed class TextTaskPrinter(Terminal terminal) : ITaskPrinter
{
    private readonly Waiting _waiting = new(terminal);
    private readonly RunsInTurn _turns = new();
    private readonly HashSet<string> _toolsShown = [];
    private (long Subtask, string Block, BlockKind Kind)? _open;
    private long _speaker;
    private readonly Dictionary<long, string> _bots = [];
    private bool _atLineStart = true;

    /// <inheritdoc/>
    public async ValueTask PrintAsync(RecordedEvent recorded)
    {
        foreach (var due in _turns.Next(recorded.Decode()))
            await PrintAsync(due);
        await terminal.Output.FlushAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _waiting.DisposeAsync();

    private async ValueTask PrintAsync(TaskEvent taskEvent)
    {
        switch (taskEvent)
        {
            case TaskStatusChanged { Status: TaskState.Pending }:
                await _waiting.ShowAsync("waiting for a slot");
                break;
            case TaskStatusChanged { Status: TaskState.Running }:
                await _waiting.ShowAsync("getting ready");
                break;
            case ChatStart start:
                _bots[start.SubtaskId] = start.BotName;
                await BeginBotAsync(start.SubtaskId, start.Attempt > 1 ? $" · attempt {start.Attempt}, what it said before is void" : $" · {start.ShellType}");
                await _waiting.ShowAsync($"{start.BotName} is at work");
                break;
            case ChatChunk chunk:
                await _waiting.HideAsync();
                PrintChunk(chunk);
                if (chunk.Kind == BlockKind.Tool)
                    await _waiting.ShowAsync($"{_bots.GetValueOrDefault(chunk.SubtaskId, "the bot")} is at work");
                break;
            case ChatDone:
                await _waiting.HideAsync();
                EndBlock();
                break;
            case ChatError error:
                await _waiting.HideAsync();
                EndBlock();

                // What ends the task is told at its end, in full.
                Line(terminal.Styled(error.Retryable ? $"  ✗ {Clean(error.Error)} Another attempt follows." : $"  ✗ {Failure.WireName(error.Code)}", Style.Failure));
                break;
            case ChatCancelled:
                await _waiting.HideAsync();
                EndBlock();
                Line(terminal.Styled("  stopped", Style.Warning));
                break;
            case TaskStatusChanged { Status: TaskState.Cancelling }:
                EndBlock();
                await _waiting.ShowAsync("stopping");
                break;
            case TaskStatusChanged:
                await _waiting.HideAsync();
                EndBlock();
                break;
        }
    }

    private async ValueTask BeginBotAsync(long subtaskId, string note)
    {
        await _waiting.HideAsync();
        EndBlock();
        _speaker = subtaskId;
        Line("");
        Line(terminal.Styled($"▌ {_bots.GetValueOrDefault(subtaskId, "bot")}", Style.Heading) + terminal.Styled(note, Style.Quiet));
    }

    private void PrintChunk(ChatChunk chunk)
    {
        if (chunk.SubtaskId != _speaker)
        {
            EndBlock();
            _speaker = chunk.SubtaskId;
            Line("");
            Line(terminal.Styled($"▌ {_bots.GetValueOrDefault(chunk.SubtaskId, "bot")}", Style.Heading));
        }

        if (chunk.Tool is { } tool)
        {
            PrintTool(chunk, tool);
            return;
        }

        var block = (chunk.SubtaskId, chunk.BlockId, chunk.Kind);
        if (_open != block)
        {
            EndBlock();
            _open = block;
            if (chunk.Kind == BlockKind.Thinking && !terminal.HasColour)
                Write("(thinking) ");
        }
        else if (chunk.Replace)
        {
            EndLine();
            Line(terminal.Styled("  (said again)", Style.Quiet));
        }

        Write(chunk.Kind == BlockKind.Thinking ? terminal.Styled(Clean(chunk.Content), Style.Quiet) : Clean(chunk.Content));
    }

    private void PrintTool(ChatChunk chunk, ToolCall tool)
    {
        // A call is shown once its arguments are known, and once more only if it fails.
        var failed = tool.Status == "error";
        if ((tool.Input is not null || tool.Status != "running") && _toolsShown.Add($"{chunk.SubtaskId}/{tool.Id}"))
        {
            EndBlock();
            Line(terminal.Styled("  ● ", Style.Accent) + terminal.Styled(ToolLine.Of(tool), Style.Quiet));
        }

        if (failed)
        {
            EndBlock();
            Line(terminal.Styled($"  ✗ {tool.Name} failed: {ToolLine.FirstLineOf(tool.Output)}", Style.Failure));
        }
    }

    private void EndBlock()
    {
        EndLine();
        _open = null;
    }

    private void EndLine()
    {
        if (!_atLineStart)
            Line("");
    }

    private void Line(string text)
    {
        terminal.Output.WriteLine(text);
        _atLineStart = true;
    }

    private void Write(string text)
    {
        if (text.Length == 0)
            return;
        terminal.Output.Write(text);
        _atLineStart = text.EndsWith('\n');
    }

    // What an agent says is shown, not obeyed: it does not steer the terminal.
    private static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.AsSpan().ContainsAnyInRange('\x7f', '\x9f'))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
            clean.Append(char.IsControl(c) && c is not ('\n' or '\t') ? (c == '\r' ? "" : "·") : c.ToString());
        return clean.ToString();
    }
}
