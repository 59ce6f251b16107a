using System.Text.Json.Serialization;
using Wegent.Tasks;

namespace Wegent.Events;

/// <summary>Something that happened to a task, as every viewer sees it. A closed set; on the wire each has a name and its data in snake case.</summary>
public abstract record TaskEvent
{
    private protected TaskEvent(string name) => Name = name;

    /// <summary>Name on the wire, such as <c>chat:chunk</c>.</summary>
    [JsonIgnore]
    public string Name { get; }

    /// <summary>Its place in the task's run log, from 1 without a gap; 0 before it is written.</summary>
    [JsonIgnore]
    public long Seq { get; init; }
}

/// <summary>A task was accepted.</summary>
public sealed record TaskCreated() : TaskEvent(EventName)
{
    /// <summary>Name on the wire.</summary>
    public const string EventName = "task:created";

    /// <summary>The task.</summary>
    public required long TaskId { get; init; }

    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary>The team that works on it.</summary>
    public required string TeamName { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A task moved to another state, or made progress.</summary>
public sealed record TaskStatusChanged() : TaskEvent(EventName)
{
    /// <summary>Name on the wire.</summary>
    public const string EventName = "task:status";

    /// <summary>The task.</summary>
    public required long TaskId { get; init; }

    /// <summary>Where it stands now.</summary>
    public required TaskState Status { get; init; }

    /// <summary>Done so far, 0 to 100.</summary>
    public required int Progress { get; init; }

    /// <summary>The failure in words with what to do; absent when there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ErrorMessage { get; init; }

    /// <summary>The kind of failure; absent when there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FailureReason? Reason { get; init; }

    /// <summary>When the turn ended; absent while it has not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? CompletedAt { get; init; }
}

/// <summary>A message that is not streamed: what a user wrote.</summary>
public sealed record ChatMessage() : TaskEvent(EventName)
{
    /// <summary>Name on the wire.</summary>
    public const string EventName = "chat:message";

    /// <summary>The message.</summary>
    public required long SubtaskId { get; init; }

    /// <summary>Its place in the task.</summary>
    public required int MessageId { get; init; }

    /// <summary>Who it is from.</summary>
    public required SubtaskRole Role { get; init; }

    /// <summary>Its text.</summary>
    public required string Content { get; init; }

    /// <summary>Name of the user; null when it is not a user's.</summary>
    public required string? Sender { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A bot starts to answer. A second start of a subtask voids the chunks of the first.</summary>
public sealed record ChatStart() : TaskEvent(EventName)
{
    /// <summary>Name on the wire.</summary>
    public const string EventName = "chat:start";

    /// <summary>The run.</summary>
    public required long SubtaskId { get; init; }

    /// <summary>Its place in the task.</summary>
    public required int MessageId { get; init; }

    /// <summary>The bot.</summary>
    public required string BotName { get; init; }

    /// <summary>Which agent runs it.</summary>
    public required string ShellType { get; init; }

    /// <summary>Number of the attempt, from 1.</summary>
    public required int Attempt { get; init; }
}

/// <summary>A piece of what a bot streams.</summary>
public sealed record ChatChunk() : TaskEvent(EventName)
{
    /// <summary>Name on the wire.</summary>
    public const string EventName = "chat:chunk";

    /// <summary>The run.</summary>
    public required long SubtaskId { get; init; }

    /// <summary>The block it belongs to.</summary>
    public required string BlockId { get; init; }

    /// <summary>What the block holds.</summary>
    public required BlockKind Kind { get; init; }

    /// <summary>What to append to the block's text.</summary>
    public string Content { get; init; } = "";

    /// <summary>Length of the block's text before this piece, in UTF-16 code units.</summary>
    public int Offset { get; init; }

    /// <summary>The tool call; absent unless <see cref="Kind"/> is a tool.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ToolCall? Tool { get; init; }

    /// <summary>True when this block's text so far is void and <see cref="Content"/> stands instead.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Replace { get; init; }

    /// <summary>True when this piece stands for all pieces of the block, folded after the retention time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Folded { get; init; }
}

/// <summary>A bot's answer is complete.</summary>
public sealed record ChatDone() : TaskEvent(EventName)
{
    /// <summary>Name on the wire.</summary>
    public const string EventName = "chat:done";

    /// <summary>The run.</summary>
    public required long SubtaskId { get; init; }

    /// <summary>Its place in the task.</summary>
    public required int MessageId { get; init; }

    /// <summary>Length of the answer's text, in UTF-16 code units.</summary>
    public required int Offset { get; init; }

    /// <summary>The answer.</summary>
    public required SubtaskResult Result { get; init; }
}

/// <summary>A bot's run failed.</summary>
public sealed record ChatError() : TaskEvent(EventName)
{
    /// <summary>Name on the wire.</summary>
    public const string EventName = "chat:error";

    /// <summary>The run.</summary>
    public required long SubtaskId { get; init; }

    /// <summary>The failure in words with what to do.</summary>
    public required string Error { get; init; }

    /// <summary>The kind of failure.</summary>
    public required FailureReason Code { get; init; }

    /// <summary>Whether another attempt follows by itself.</summary>
    public required bool Retryable { get; init; }
}

/// <summary>A bot's run was stopped on request.</summary>
public sealed record ChatCancelled() : TaskEvent(EventName)
{
    /// <summary>Name on the wire.</summary>
    public const string EventName = "chat:cancelled";

    /// <summary>The run.</summary>
    public required long SubtaskId { get; init; }

    /// <summary>What there was; null when there was nothing.</summary>
    public required SubtaskResult? Result { get; init; }
}
