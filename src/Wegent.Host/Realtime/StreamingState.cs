using System.Text;
using Wegent.Events;
using Wegent.Tasks;

namespace Wegent.Hosting.Realtime;

/// <summary>Puts together what a running bot has streamed so far, for a viewer who comes in the middle.</summary>
internal static class StreamingState
{
    /// <summary>The answer under way up to the task's last number; null when none is.</summary>
    public static async ValueTask<Streaming?> ReadAsync(ITaskClient tasks, AgentTask task, IReadOnlyList<Subtask> messages)
    {
        if (task.Status is not (TaskState.Running or TaskState.Cancelling) || messages.LastOrDefault(static message => message.Status == TaskState.Running) is not { } running)
            return null;

        var blocks = new Dictionary<string, Block>();
        await foreach (var taskEvent in tasks.WatchAsync(task.Id, afterSeq: 0, follow: true))
        {
            switch (taskEvent)
            {
                case ChatStart start when start.SubtaskId == running.Id:
                    blocks.Clear(); // a later attempt voids the one before
                    break;
                case ChatChunk chunk when chunk.SubtaskId == running.Id:
                    if (!blocks.TryGetValue(chunk.BlockId, out var block))
                        blocks.Add(chunk.BlockId, block = new Block(chunk.BlockId, chunk.Kind));
                    block.Add(chunk);
                    break;
            }

            // Up to here and no further: what follows reaches the viewer as events.
            if (taskEvent.Seq >= task.LastSeq)
                break;
        }

        var results = blocks.Values.Select(static block => block.ToResult()).ToList();
        var text = string.Concat(results.Where(static block => block.Kind == BlockKind.Text).Select(static block => block.Content));
        return new Streaming(running.Id, text.Length, text, results);
    }

    private sealed class Block(string id, BlockKind kind)
    {
        private readonly StringBuilder _text = new();
        private ToolCall? _tool;

        public void Add(ChatChunk chunk)
        {
            if (chunk.Replace)
                _text.Clear();
            _text.Append(chunk.Content);
            if (chunk.Tool is { } tool)
                _tool = tool with { Input = tool.Input ?? _tool?.Input, Output = tool.Output ?? _tool?.Output };
        }

        public ResultBlock ToResult() => new() { Id = id, Kind = kind, Content = _text.ToString(), Tool = _tool };
    }
}
