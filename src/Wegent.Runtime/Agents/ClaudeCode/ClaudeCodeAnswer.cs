using System.Text;
using System.Text.Json;
using Wegent.Agents;

namespace Wegent.Runtime.Agents.ClaudeCode;

/// <summary>
/// Builds the answer's blocks from two tellings of the same story: pieces as the model streams them, and each whole block once it is complete.
/// The whole block has the last word, and a message that broke off on the way is taken back when another stands in for it.
/// </summary>
internal sealed class ClaudeCodeAnswer(SecretRedactor redactor)
{
    private readonly List<Block> _message = []; // of the message that streams, or streamed last
    private readonly List<Block> _tail = []; // text since the last tool call: what the agent says in the end
    private string? _messageId;
    private bool _breaksOff; // the message began to stream and has not ended
    private bool _continues; // the message before ended at its length limit, and this one takes up its last word
    private int _blocks;

    /// <summary>What the agent said after its last tool call.</summary>
    public string FinalText
    {
        get
        {
            StringBuilder text = new();
            foreach (var block in _tail.Where(block => block.Shown.Length > 0))
                text.Append(text.Length > 0 && !block.Continues ? "\n\n" : "").Append(block.Shown);
            return text.ToString();
        }
    }

    /// <summary>An event of the model's own stream.</summary>
    public void Stream(JsonElement streamed, ICollection<AgentEvent> events)
    {
        switch (streamed.GetText("type"))
        {
            case "message_start":
                Begin(streamed.Get("message").GetText("id"), events);
                _breaksOff = true;
                break;
            case "content_block_start":
                Open(streamed.GetNumber("index") ?? 0, streamed.Get("content_block"), events);
                break;
            case "content_block_delta":
                if (Find(streamed.GetNumber("index") ?? 0, streamed.Get("delta"), events) is { } block)
                    Emit(block, block.Redacted.Append(PieceOf(streamed.Get("delta")) ?? ""), events);
                break;
            case "message_delta":
                _continues = streamed.Get("delta").GetText("stop_reason") == "max_tokens";
                break;
            case "message_stop":
                _breaksOff = false;
                break;
        }
    }

    /// <summary>A whole block of a message. When it is of another message than the one that streams, and that one broke off, that one is taken back.</summary>
    /// <param name="messageId">The message it is part of.</param>
    /// <param name="content">The block.</param>
    /// <param name="events">Where what is new is appended.</param>
    public void Add(string? messageId, JsonElement content, ICollection<AgentEvent> events)
    {
        switch (content.GetText("type"))
        {
            case "text":
                Add(messageId, isText: true, content.GetText("text") ?? "", events);
                break;
            case "thinking":
                Add(messageId, isText: false, content.GetText("thinking") ?? "", events);
                break;
            case "tool_use":
                Enter(messageId, wantsText: null, events);
                GoesOn();
                break;
        }
    }

    /// <summary>The agent goes on, after a tool call or because it is asked once more: what it said before is not the end.</summary>
    public void GoesOn()
    {
        _tail.Clear();
        _continues = false;
    }

    /// <summary>Shows what was held back: the run ends, and no secret is coming any more.</summary>
    public void Flush(ICollection<AgentEvent> events)
    {
        foreach (var block in _message.Where(block => !block.IsWhole))
            Emit(block, block.Redacted.Flush(), events);
    }

    /// <summary>Takes back text that never became a whole block: the agent has dropped it too.</summary>
    public void DropUnfinished(ICollection<AgentEvent> events)
    {
        foreach (var block in _message.Where(block => !block.IsWhole))
            Replace(block, "", events);
        _message.RemoveAll(block => !block.IsWhole);
    }

    /// <summary>Text that came with the result alone.</summary>
    public void Say(string text, ICollection<AgentEvent> events)
    {
        var block = Add(index: -1, isText: true);
        block.IsWhole = true;
        Emit(block, text, events);
    }

    private void Add(string? messageId, bool isText, string text, ICollection<AgentEvent> events)
    {
        var block = Enter(messageId, isText, events) ?? _message.Find(candidate => !candidate.IsWhole && candidate.IsText == isText);
        if (block is null)
        {
            if (text.Length == 0)
                return;
            block = Add(index: -1, isText);
        }

        block.IsWhole = true;
        if (text.StartsWith(block.Shown.ToString(), StringComparison.Ordinal))
            Emit(block, text[block.Shown.Length..], events);
        else
            Replace(block, text, events);
    }

    private void Begin(string? messageId, ICollection<AgentEvent> events)
    {
        if (_breaksOff)
        {
            foreach (var block in _message)
                Replace(block, "", events);
        }
        else
        {
            DropUnfinished(events);
        }

        _message.Clear();
        _messageId = messageId;
        _breaksOff = false;
    }

    /// <summary>Moves on to a message; gives the block of the broken one that its first block stands in for, if there is one.</summary>
    private Block? Enter(string? messageId, bool? wantsText, ICollection<AgentEvent> events)
    {
        if (messageId == _messageId)
            return null;
        var heir = _breaksOff && wantsText is { } isText ? _message.Find(block => block.IsText == isText) : null;
        if (heir is not null)
            _message.Remove(heir);
        Begin(messageId, events);
        if (heir is not null)
            _message.Add(heir);
        return heir;
    }

    private void Open(long index, JsonElement content, ICollection<AgentEvent> events)
    {
        if (content.GetText("type") is not ("text" or "thinking"))
            return;
        var isText = content.GetText("type") == "text";
        var block = Add(index, isText);
        Emit(block, block.Redacted.Append(content.GetText(isText ? "text" : "thinking") ?? ""), events);
    }

    private Block? Find(long index, JsonElement delta, ICollection<AgentEvent> events)
    {
        if (PieceOf(delta) is null)
            return null;
        var block = _message.Find(candidate => candidate.Index == index);
        if (block is null && !_breaksOff)
            Begin(_messageId, events); // the start of the message was lost: show its text all the same
        return block ?? Add(index, delta.GetText("text") is not null);
    }

    private static string? PieceOf(JsonElement delta) => delta.GetText("type") switch
    {
        "text_delta" => delta.GetText("text"),
        "thinking_delta" => delta.GetText("thinking"),
        _ => null,
    };

    private Block Add(long index, bool isText)
    {
        Block block = new($"{(isText ? "text" : "thinking")}-{++_blocks}", index, isText, isText && _continues, redactor);
        _message.Add(block);
        if (isText)
        {
            _continues = false;
            _tail.Add(block);
        }

        return block;
    }

    private static void Emit(Block block, string text, ICollection<AgentEvent> events)
    {
        if (text.Length == 0)
            return;
        block.Shown.Append(text);
        events.Add(block.IsText ? new AgentText(block.Id, text) : new AgentThinking(block.Id, text));
    }

    private static void Replace(Block block, string text, ICollection<AgentEvent> events)
    {
        block.Redacted.Flush();
        if (block.Shown.Length == 0 && text.Length == 0)
            return;
        block.Shown.Clear().Append(text);
        events.Add(new AgentBlockReplaced(block.Id, text));
    }

    private sealed class Block(string id, long index, bool isText, bool continues, SecretRedactor redactor)
    {
        public string Id => id;

        /// <summary>Its place in the streamed message; -1 when it came whole.</summary>
        public long Index => index;

        public bool IsText => isText;

        /// <summary>Whether it takes up the last word of the text before it.</summary>
        public bool Continues => continues;

        public RedactedStream Redacted { get; } = new(redactor);

        /// <summary>What viewers have of it.</summary>
        public StringBuilder Shown { get; } = new();

        /// <summary>Whether the whole block has come.</summary>
        public bool IsWhole { get; set; }
    }
}
