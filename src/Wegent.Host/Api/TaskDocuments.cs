using System.Globalization;
using System.Text.Json;
using Wegent.Resources;
using Wegent.Tasks;

namespace Wegent.Hosting.Api;

/// <summary>Shows a task as the Task resource.</summary>
internal static class TaskDocuments
{
    /// <summary>The task as a document.</summary>
    /// <param name="task">The task.</param>
    /// <param name="messages">Its messages, for the result; null leaves the result out, as lists do.</param>
    public static TaskResource Of(AgentTask task, IReadOnlyList<Subtask>? messages = null) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = task.Name,
            Namespace = task.Namespace,
            Labels = task.Labels.Count > 0 ? task.Labels : null,
            CreationTimestamp = task.CreatedAt,
            UpdateTimestamp = task.UpdatedAt,
        },
        Spec = new TaskSpec
        {
            Title = task.Title,
            Prompt = task.Prompt,
            TeamRef = new ResourceReference { Name = task.Plan.TeamName, Namespace = task.Plan.TeamNamespace },
            WorkspaceRef = task.Plan.Revisions.FirstOrDefault(static revision => revision.Kind == ResourceKinds.Workspace) is { } workspace
                ? new ResourceReference { Name = workspace.Name, Namespace = workspace.Namespace }
                : null,
        },
        Status = new TaskResourceStatus
        {
            TaskId = task.Id,
            Status = task.Status.ToWire(),
            Progress = task.Progress,
            ErrorMessage = task.ErrorMessage,
            CreatedAt = task.CreatedAt,
            UpdatedAt = task.UpdatedAt,
            CompletedAt = task.CompletedAt,
            Result = messages is null ? null : ResultOf(messages),
            Extra = MoreOf(task),
        },
    };

    /// <summary>The same as JSON.</summary>
    public static byte[] ToJson(AgentTask task, IReadOnlyList<Subtask>? messages = null) => ResourceJson.ToUtf8(Of(task, messages));

    // What upstream's status has no field for, and clients need.
    private static Dictionary<string, JsonElement> MoreOf(AgentTask task)
    {
        var more = new Dictionary<string, JsonElement>
        {
            ["lastSeq"] = JsonSerializer.SerializeToElement(task.LastSeq, TaskDocumentJson.Default.Int64),
            ["attempt"] = JsonSerializer.SerializeToElement(task.Attempt, TaskDocumentJson.Default.Int32),
            ["preserveExecutor"] = JsonSerializer.SerializeToElement(task.PreserveExecutor, TaskDocumentJson.Default.Boolean),
        };
        if (task.Plan.Revisions.Count > 0)
            more["revisions"] = JsonSerializer.SerializeToElement([.. task.Plan.Revisions.Select(static revision => new RevisionNote(revision.Kind, revision.Namespace, revision.Name, revision.Version.ToString(CultureInfo.InvariantCulture)))], TaskDocumentJson.Default.RevisionNoteArray);
        if (task.Reason is { } reason)
            more["reason"] = JsonSerializer.SerializeToElement(Failure.WireName(reason), TaskDocumentJson.Default.String);
        return more;
    }

    private static JsonElement? ResultOf(IReadOnlyList<Subtask> messages) =>
        messages.LastOrDefault(static message => message.Result is not null)?.Result is { } result
            ? JsonDocument.Parse(result.ToJson()).RootElement
            : null;
}
