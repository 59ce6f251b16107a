using System.Text;
using Wegent.Agents;
using Wegent.Tasks;

namespace Wegent.TestKit.Agents;

/// <summary>Writes agent events as lines that are easy to read and to compare; pieces of one block that follow each other become one line.</summary>
public static class AgentEventText
{
    /// <summary>The events, a line each.</summary>
    public static string Write(IEnumerable<AgentEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        StringBuilder text = new();
        foreach (var agentEvent in Join(events))
            text.Append(Line(agentEvent)).Append('\n');
        return text.ToString();
    }

    /// <summary>The same events with pieces of one block that follow each other joined.</summary>
    public static IReadOnlyList<AgentEvent> Join(IEnumerable<AgentEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        List<AgentEvent> joined = [];
        foreach (var agentEvent in events)
        {
            switch (agentEvent, joined.LastOrDefault())
            {
                case (AgentText more, AgentText last) when more.BlockId == last.BlockId:
                    joined[^1] = last with { Text = last.Text + more.Text };
                    break;
                case (AgentThinking more, AgentThinking last) when more.BlockId == last.BlockId:
                    joined[^1] = last with { Text = last.Text + more.Text };
                    break;
                default:
                    joined.Add(agentEvent);
                    break;
            }
        }

        return joined;
    }

    /// <summary>The text that a viewer of all blocks ends up with, replaced and withdrawn pieces left out; blocks are parted by an empty line.</summary>
    public static string AnswerOf(IEnumerable<AgentEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        List<string> order = [];
        Dictionary<string, string> blocks = new(StringComparer.Ordinal);
        foreach (var agentEvent in events)
        {
            switch (agentEvent)
            {
                case AgentText text:
                    if (!order.Contains(text.BlockId))
                        order.Add(text.BlockId);
                    blocks[text.BlockId] = blocks.GetValueOrDefault(text.BlockId, "") + text.Text;
                    break;
                case AgentBlockReplaced replaced when blocks.ContainsKey(replaced.BlockId):
                    blocks[replaced.BlockId] = replaced.Text;
                    break;
            }
        }

        return string.Join("\n\n", order.Select(id => blocks[id]).Where(text => text.Length > 0));
    }

    private static string Line(AgentEvent agentEvent) => agentEvent switch
    {
        AgentText text => $"{text.BlockId} {Quote(text.Text)}",
        AgentThinking thinking => $"{thinking.BlockId} {Quote(thinking.Text)}",
        AgentBlockReplaced replaced => $"{replaced.BlockId} is now {Quote(replaced.Text)}",
        AgentToolStarted tool => $"{tool.CallId} {tool.Name} {Shorten(tool.Input?.GetRawText() ?? "(no input)")}",
        AgentToolFinished tool => $"{tool.CallId} {(tool.IsError ? "failed" : "done")} {Quote(tool.Output)}",
        AgentSession session => $"session {session.SessionId}",
        AgentProgress progress => $"progress {(progress.Reason is { } reason ? $"[{Failure.WireName(reason)}] " : "")}{progress.Message}",
        AgentCompleted completed => $"completed {(completed.Text is null ? "(as streamed)" : Quote(completed.Text))} {Usage(completed.Usage)}",
        AgentFailed failed => $"failed [{Failure.WireName(failed.Failure.Reason)}] {failed.Failure.Message.ReplaceLineEndings("\\n")} {Usage(failed.Usage)}",
        _ => agentEvent.ToString()!,
    };

    private static string Usage(TokenUsage usage) =>
        usage == TokenUsage.None ? "(nothing used)" : $"({usage.InputTokens} in, {usage.OutputTokens} out, {usage.CacheReadTokens} cached, ${usage.CostUsd})";

    private static string Quote(string text) => $"\"{Shorten(text.ReplaceLineEndings("\\n"))}\"";

    private static string Shorten(string text) => text.Length <= 200 ? text : $"{text[..150]}…({text.Length})";
}
