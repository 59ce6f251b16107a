using Wegent.Agents;
using Wegent.Runtime.Security;
using Wegent.Runtime.Workspaces;
using Wegent.Tasks;

namespace Wegent.Runtime.Agents;

/// <summary>Makes the request of one run: what the plan froze, with its secrets resolved at the last moment.</summary>
internal sealed class AgentRequests(CredentialResolver credentials, LocalWorkspaces workspaces)
{
    /// <exception cref="WegentException">A secret is not there or not allowed, or the workspace cannot be made.</exception>
    public async ValueTask<AgentRequest> BuildAsync(AgentTask task, Subtask subtask, PlannedMember member, bool hosted, IReadOnlyList<Subtask> messages, CancellationToken cancellationToken)
    {
        var before = SessionBefore(subtask, messages);
        var model = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in member.ModelEnvironment)
            model[name] = await credentials.ResolveAsync(task.Owner, value, cancellationToken).ConfigureAwait(false);
        return new()
        {
            TaskId = task.Id,
            SubtaskId = subtask.Id,
            Attempt = subtask.Attempt,
            BotName = member.BotName,
            Prompt = subtask.Prompt,
            SystemPrompt = member.SystemPrompt,
            Model = model,
            ModelProtocol = member.ModelProtocol,
            ModelApiFormat = member.ModelApiFormat,
            ModelContextWindow = member.ModelContextWindow,
            ModelMaxOutputTokens = member.ModelMaxOutputTokens,
            McpServersJson = member.McpServersJson is { } servers ? await credentials.ResolveJsonAsync(task.Owner, servers, cancellationToken).ConfigureAwait(false) : null,
            SessionId = before?.SessionId,
            SessionExecutionId = before is null ? null : AgentRequest.ExecutionIdOf(before.Id, before.Attempt),
            History = [.. messages.TakeWhile(message => message.Id != subtask.Id)],
            WorkspaceFolder = hosted && task.Plan.Workspace is { SourceFolder: not null } workspace ? workspaces.Prepare(task.Id, workspace) : null,
        };
    }

    // A session belongs to a member: each keeps its own thread through the task. A retry goes on where the attempt before stood.
    private static Subtask? SessionBefore(Subtask subtask, IReadOnlyList<Subtask> messages) =>
        messages.LastOrDefault(message => message.Member == subtask.Member && message.SessionId is not null && message.Id < subtask.Id);
}
