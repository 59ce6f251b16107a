using System.Text;
using Wegent.Agents;
using Wegent.Events;
using Wegent.Tasks;

namespace Wegent.Runtime.Scheduling;

/// <summary>
/// Builds one run's answer from agent events: the chunks that viewers get, and the blocks that remain.
/// Deterministic, so that a replay of the journal rebuilds it; small pieces of one block that wait together become one chunk.
/// </summary>
internal sealed class AnswerComposer(long subtaskId)
{
    /// <summary>Longest delta of one chunk, in UTF-16 code units: keeps every frame far below the socket's bound.</summary>
    private const int MaxChunk = 16 * 1024;

    /// <summary>Most text that a run may stream, in UTF-16 code units; what comes after it is left out and said so.</summary>
    private const int MaxAnswer = 8 * 1024 * 1024;

    /// <summary>Most of a tool's output that is kept, in UTF-16 code units.</summary>
    private const int MaxToolOutput = 32 * 1024;

    private readonly List<Block> _blocks = [];
    private readonly Dictionary<string, Block> _byId = new(StringComparer.Ordinal);
    private readonly List<TaskEvent> _pending = [];
    private int _length;

    /// <summary>Whether anything waits to be written.</summary>
    public bool HasPending => _pending.Count > 0;

    /// <summary>The agent's session, once it has one.</summary>
    public string? SessionId { get; private set; }

    /// <summary>Length of the answer's text so far.</summary>
    public int TextLength => _blocks.Where(block => block.Kind == BlockKind.Text).Sum(block => block.Text.Length);

    /// <summary>Takes an event in. Final events and progress are the caller's.</summary>
    public void Add(AgentEvent agentEvent)
    {
        switch (agentEvent)
        {
            case AgentText text:
                Append(text.BlockId, BlockKind.Text, text.Text);
                break;
            case AgentThinking thinking:
                Append(thinking.BlockId, BlockKind.Thinking, thinking.Text);
                break;
            case AgentBlockReplaced replaced:
                Replace(replaced);
                break;
            case AgentToolStarted tool:
                SetTool(tool.CallId, new ToolCall { Id = tool.CallId, Name = tool.Name, Input = tool.Input, Status = "running" });
                break;
            case AgentToolFinished tool:
                FinishTool(tool);
                break;
            case AgentSession session:
                SessionId = session.SessionId;
                break;
        }
    }

    /// <summary>Adds an entry that is no part of the answer, in its place among the chunks.</summary>
    public void AddNotice(TaskEvent notice) => _pending.Add(notice);

    /// <summary>Takes out what waits to be written.</summary>
    public IReadOnlyList<TaskEvent> TakePending()
    {
        TaskEvent[] taken = [.. _pending];
        _pending.Clear();
        return taken;
    }

    /// <summary>Forgets what waits to be written: the log holds it already.</summary>
    public void DropPending() => _pending.Clear();

    /// <summary>The answer as it stands.</summary>
    /// <param name="value">The agent's own word for the whole text; null joins the text blocks as paragraphs.</param>
    /// <param name="usage">What the run used.</param>
    public SubtaskResult ToResult(string? value, TokenUsage usage) => new()
    {
        Value = value ?? string.Join("\n\n", _blocks.Where(block => block is { Kind: BlockKind.Text, Text.Length: > 0 }).Select(block => block.Text.ToString().TrimEnd())),
        Blocks = [.. _blocks.Where(block => block.Text.Length > 0 || block.Tool is not null).Select(block => block.ToResult())],
        Usage = usage,
    };

    private void Append(string blockId, BlockKind kind, string text)
    {
        if (text.Length == 0)
            return;

        var room = MaxAnswer - _length;
        if (room <= 0)
            return;
        if (text.Length > room)
            text = string.Concat(text.AsSpan(0, room), "\n[The rest was left out: the answer is too long.]");

        var block = GetOrAdd(blockId, kind);
        for (var start = 0; start < text.Length;)
        {
            var piece = text.AsSpan(start, Math.Min(MaxChunk, text.Length - start));
            if (start + piece.Length < text.Length && char.IsHighSurrogate(piece[^1]))
                piece = piece[..^1];
            Push(block, piece.ToString());
            start += piece.Length;
        }
    }

    private void Push(Block block, string piece)
    {
        if (_pending is [.., ChatChunk last] && last.BlockId == block.Id && last.Tool is null && last.Content.Length + piece.Length <= MaxChunk)
            _pending[^1] = last with { Content = last.Content + piece };
        else
            _pending.Add(new ChatChunk { SubtaskId = subtaskId, BlockId = block.Id, Kind = block.Kind, Content = piece, Offset = block.Text.Length });

        block.Text.Append(piece);
        _length += piece.Length;
    }

    private void Replace(AgentBlockReplaced replaced)
    {
        if (!_byId.TryGetValue(replaced.BlockId, out var block))
        {
            Append(replaced.BlockId, BlockKind.Text, replaced.Text);
            return;
        }

        var text = replaced.Text.Length > MaxChunk ? replaced.Text[..MaxChunk] : replaced.Text;
        _pending.Add(new ChatChunk { SubtaskId = subtaskId, BlockId = block.Id, Kind = block.Kind, Content = text, Offset = 0, Replace = true });
        _length += text.Length - block.Text.Length;
        block.Text.Clear().Append(text);
        if (text.Length < replaced.Text.Length)
            Append(block.Id, block.Kind, replaced.Text[text.Length..]);
    }

    private void FinishTool(AgentToolFinished finished)
    {
        var output = finished.Output.Length <= MaxToolOutput
            ? finished.Output
            : string.Concat(finished.Output.AsSpan(0, MaxToolOutput), $"\n[{finished.Output.Length - MaxToolOutput} more characters left out]");
        var name = _byId.TryGetValue(finished.CallId, out var block) ? block.Tool?.Name : null;
        SetTool(finished.CallId, new ToolCall { Id = finished.CallId, Name = name ?? "tool", Output = output, Status = finished.IsError ? "error" : "done" });
    }

    private void SetTool(string callId, ToolCall call)
    {
        var block = GetOrAdd(callId, BlockKind.Tool);
        _pending.Add(new ChatChunk { SubtaskId = subtaskId, BlockId = block.Id, Kind = BlockKind.Tool, Tool = call });
        block.Tool = call with { Input = call.Input ?? block.Tool?.Input };
    }

    private Block GetOrAdd(string id, BlockKind kind)
    {
        if (!_byId.TryGetValue(id, out var block))
        {
            block = new Block(id, kind);
            _byId.Add(id, block);
            _blocks.Add(block);
        }

        return block;
    }

    private sealed class Block(string id, BlockKind kind)
    {
        public string Id => id;

        public BlockKind Kind => kind;

        public StringBuilder Text { get; } = new();

        public ToolCall? Tool { get; set; }

        public ResultBlock ToResult() => new() { Id = id, Kind = kind, Content = Text.ToString(), Tool = Tool };
    }
}
