using Microsoft.Extensions.AI;
using Wegent.Agents;
using Wegent.Tasks;

namespace Wegent.Runtime.Agents.Chat;

/// <summary>Turns a model's stream into events: stretches of text and of reasoning, each a block, with secrets masked.</summary>
internal sealed class ChatAnswer(SecretRedactor redactor)
{
    private RedactedStream _open = new(redactor);
    private bool _isOpen;
    private bool _isThinking;
    private int _block;

    /// <summary>What was used so far, over all calls.</summary>
    public TokenUsage Usage { get; private set; } = TokenUsage.None;

    /// <summary>Why the model stopped; null while it has not said.</summary>
    public ChatFinishReason? Finish { get; private set; }

    /// <summary>A further call of the model begins.</summary>
    public void BeginCall() => Finish = null;

    /// <summary>Takes a piece in; gives what can be shown by now.</summary>
    public IEnumerable<AgentEvent> Add(ChatResponseUpdate update)
    {
        Finish = update.FinishReason ?? Finish;
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextReasoningContent { Text.Length: > 0 } thought:
                    foreach (var shown in Append(thought.Text, isThinking: true))
                        yield return shown;
                    break;
                case TextContent { Text.Length: > 0 } text:
                    foreach (var shown in Append(text.Text, isThinking: false))
                        yield return shown;
                    break;
                case UsageContent usage:
                    Usage += Read(usage.Details);
                    break;
            }
        }
    }

    /// <summary>Text of our own, in a block of its own.</summary>
    public IEnumerable<AgentEvent> Note(string text)
    {
        foreach (var shown in Close())
            yield return shown;
        yield return new AgentText($"text-{++_block}", text);
    }

    /// <summary>Ends the present block; gives what was held back of it.</summary>
    public IEnumerable<AgentEvent> Close()
    {
        if (_open.Flush() is { Length: > 0 } rest)
            yield return Show(rest);
        _open = new RedactedStream(redactor);
        _isOpen = false;
    }

    private IEnumerable<AgentEvent> Append(string piece, bool isThinking)
    {
        if (!_isOpen || _isThinking != isThinking)
        {
            foreach (var shown in Close())
                yield return shown;
            (_isOpen, _isThinking) = (true, isThinking);
            _block++;
        }

        if (_open.Append(piece) is { Length: > 0 } text)
            yield return Show(text);
    }

    private AgentEvent Show(string text) => _isThinking ? new AgentThinking($"thinking-{_block}", text) : new AgentText($"text-{_block}", text);

    // The cached tokens are among those that were sent; ours are counted apart.
    private static TokenUsage Read(UsageDetails usage)
    {
        var cached = usage.CachedInputTokenCount ?? 0;
        return new TokenUsage(Math.Max(0, (usage.InputTokenCount ?? 0) - cached), usage.OutputTokenCount ?? 0, cached, 0);
    }
}
