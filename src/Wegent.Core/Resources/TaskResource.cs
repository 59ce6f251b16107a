using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>Work for a team: the first message of a conversation, and what became of it.</summary>
public sealed record TaskResource : Resource<TaskSpec, TaskResourceStatus>
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-90)]
    public override string Kind => ResourceKinds.Task;
}

/// <summary>Desired state of a <see cref="TaskResource"/>.</summary>
public sealed record TaskSpec
{
    /// <summary>A line for lists.</summary>
    public required string Title { get; init; }

    /// <summary>The user's first message.</summary>
    public required string Prompt { get; init; }

    /// <summary>Who works on it.</summary>
    public required ResourceReference TeamRef { get; init; }

    /// <summary>Where they work. Null: an empty folder, or no place at all for teams that need none.</summary>
    public ResourceReference? WorkspaceRef { get; init; }

    /// <summary>Whether several people talk in it. Default false.</summary>
    [JsonPropertyName("is_group_chat")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsGroupChat { get; init; }

    /// <summary>Knowledge bases bound to the task. Null when none.</summary>
    public IReadOnlyList<KnowledgeBaseTaskRef>? KnowledgeBaseRefs { get; init; }

    /// <summary>Parts of knowledge bases that the task may read, as they stand. Null when none.</summary>
    public IReadOnlyList<JsonElement>? KnowledgeBaseScopes { get; init; }

    /// <summary>Knowledge outside the system, as it stands. Null when none.</summary>
    public IReadOnlyList<JsonElement>? ExternalKnowledgeRefs { get; init; }

    /// <summary>The user's device that ran the task. Null: a server's sandbox.</summary>
    [JsonPropertyName("device_id")]
    public string? DeviceId { get; init; }

    /// <summary>Overrides of where the task runs, as they stand. Null when none.</summary>
    public JsonElement? Execution { get; init; }

    /// <summary>The task whose history this one continues, as it stands. Null when none.</summary>
    public JsonElement? Fork { get; init; }

    /// <summary>Stage of the pipeline that a follow-up goes to, from 0. Null: not a pipeline, or its start.</summary>
    public int? CurrentStage { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>A knowledge base bound to a task.</summary>
public sealed record KnowledgeBaseTaskRef
{
    /// <summary>The knowledge base's id; decides, when given.</summary>
    public long? Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace. Default <c>default</c>.</summary>
    [JsonConverter(typeof(CommonTextConverter))]
    public string Namespace { get; init => field = value ?? ObjectMeta.DefaultNamespace; } = ObjectMeta.DefaultNamespace;

    /// <summary>Who bound it.</summary>
    public string? BoundBy { get; init; }

    /// <summary>When it was bound, ISO 8601 text as upstream stores it.</summary>
    public string? BoundAt { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>What became of a task.</summary>
public sealed record TaskResourceStatus : ResourceStatus
{
    /// <summary>The task's number, by which every other interface names it.</summary>
    public long? TaskId { get; init; }

    /// <summary>PENDING, RUNNING, COMPLETED, FAILED, CANCELLING, CANCELLED, PENDING_CONFIRMATION or DELETE. Default PENDING.</summary>
    public string Status { get; init => field = value ?? "PENDING"; } = "PENDING";

    /// <summary>Percent, 0 to 100.</summary>
    public int Progress { get; init; }

    /// <summary>Stage of the pipeline, from 0. Null: not a pipeline.</summary>
    public int? CurrentStage { get; init; }

    /// <summary>What the team answered. Null: nothing yet.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Why it failed. Null when it did not.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>UTC; null until the task reached a final state.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The messages and runs, as upstream lists them. Null when not asked for.</summary>
    public IReadOnlyList<JsonElement>? SubTasks { get; init; }

    /// <summary>A service that the task exposes. Null when none.</summary>
    public TaskApp? App { get; init; }

    /// <summary>Where the workspace was put away, as upstream writes it. Null when it was not.</summary>
    public JsonElement? Archive { get; init; }
}

/// <summary>A service that a task exposes for preview.</summary>
public sealed record TaskApp
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it listens.</summary>
    public required string Address { get; init; }

    /// <summary>Where a browser reaches it.</summary>
    public required string PreviewUrl { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
