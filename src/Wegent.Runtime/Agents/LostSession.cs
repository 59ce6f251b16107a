using System.Text;
using Wegent.Agents;
using Wegent.Tasks;

namespace Wegent.Runtime.Agents;

/// <summary>
/// What an agent gets whose session went with its sandbox: a new session, and before the prompt the conversation so far as the store
/// has it. It has the words then, not what it saw and did on the way.
/// </summary>
internal static class LostSession
{
    private const int MaxLength = 48 * 1024; // UTF-16 code units: leaves most of any model's window to the work
    private const int MaxMessage = 8 * 1024;

    /// <summary>The request without its session.</summary>
    public static AgentRequest Retell(AgentRequest request)
    {
        var told = Tell(request.History);
        return request with
        {
            SessionId = null,
            SessionExecutionId = null,
            Prompt = told.Length == 0 ? request.Prompt : $"The conversation so far, from the record:\n\n{told}\nNow:\n\n{request.Prompt}",
        };
    }

    private static string Tell(IReadOnlyList<Subtask> history)
    {
        var parts = new Stack<string>();
        var length = 0;
        foreach (var message in history.Take(LastTurnOf(history)).Reverse())
        {
            var (who, text) = message.Role == SubtaskRole.User ? ("User", message.Prompt) : (message.BotName ?? "Bot", message.Result?.Value ?? "");
            if (text.Length == 0)
                continue;
            var part = $"{who}: {(text.Length <= MaxMessage ? text : $"{text.AsSpan(0, MaxMessage)} [...]")}\n";
            length += part.Length;
            if (length > MaxLength)
            {
                parts.Push("[What came before is left out.]\n");
                break;
            }

            parts.Push(part);
        }

        return new StringBuilder().AppendJoin('\n', parts).ToString();
    }

    // The present turn begins with the user's last message; the prompt holds what is needed of it.
    private static int LastTurnOf(IReadOnlyList<Subtask> history)
    {
        for (var i = history.Count - 1; i >= 0; i--)
        {
            if (history[i].Role == SubtaskRole.User)
                return i;
        }

        return 0;
    }
}
