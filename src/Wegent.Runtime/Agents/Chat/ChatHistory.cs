using Microsoft.Extensions.AI;
using Wegent.Agents;
using Wegent.Tasks;

namespace Wegent.Runtime.Agents.Chat;

/// <summary>The conversation as a model gets it: who it is, the turns before this one as far as they fit, and what it is asked now.</summary>
/// <remarks>
/// What the bot itself said is its own word; what other members of its team said is told as part of the user's. Within a turn, a team's
/// way of working puts what is needed into the prompt, so only the turns before it are told.
/// </remarks>
internal static class ChatHistory
{
    private const int PerMessage = 8; // tokens around each message

    /// <summary>The messages.</summary>
    /// <param name="request">The request.</param>
    /// <param name="budget">Tokens that they may have, by estimate. The system prompt and the prompt are told in any case.</param>
    public static List<ChatMessage> Build(AgentRequest request, int budget)
    {
        var left = budget - Estimate(request.SystemPrompt) - Estimate(request.Prompt);
        var told = new Stack<(ChatRole Role, string Text)>();
        foreach (var message in request.History.Take(StartOfTurn(request.History)).Reverse())
        {
            if (Tell(message, request.BotName) is not { } part)
                continue;
            left -= Estimate(part.Text);
            if (left < 0)
            {
                told.Push((ChatRole.User, "[What came before is left out.]"));
                break;
            }

            told.Push(part);
        }

        List<ChatMessage> messages = [];
        if (request.SystemPrompt.Length > 0)
            messages.Add(new ChatMessage(ChatRole.System, request.SystemPrompt));
        foreach (var (role, text) in told.Append((ChatRole.User, request.Prompt)))
        {
            // Roles alternate, as some services insist; a conversation begins with the user.
            if (messages is [.., var last] && last.Role == role)
                messages[^1] = new ChatMessage(role, $"{last.Text}\n\n{text}");
            else if (role == ChatRole.User || messages.Exists(message => message.Role == ChatRole.User))
                messages.Add(new ChatMessage(role, text));
        }

        return messages;
    }

    /// <summary>Tokens of a text, by estimate: a word of English has about one for each four letters, other scripts about one a letter.</summary>
    public static int Estimate(string text)
    {
        var ascii = text.Count(char.IsAscii);
        return PerMessage + (ascii / 4) + (text.Length - ascii);
    }

    private static (ChatRole Role, string Text)? Tell(Subtask message, string bot) => message switch
    {
        { Role: SubtaskRole.User } => (ChatRole.User, message.Prompt),
        { Result.Value: { Length: > 0 } said, Status: TaskState.Completed or TaskState.Cancelled } =>
            message.BotName == bot ? (ChatRole.Assistant, said) : (ChatRole.User, $"{message.BotName} answered:\n{said}"),
        _ => null,
    };

    private static int StartOfTurn(IReadOnlyList<Subtask> history)
    {
        for (var i = history.Count - 1; i >= 0; i--)
        {
            if (history[i].Role == SubtaskRole.User)
                return i;
        }

        return history.Count;
    }
}
