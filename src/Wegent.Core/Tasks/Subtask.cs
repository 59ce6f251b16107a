using System.Text.Json.Serialization;

namespace Wegent.Tasks;

/// <summary>Who a message is from. On the wire <c>USER</c> and <c>ASSISTANT</c>.</summary>
[JsonConverter(typeof(SubtaskRoleJsonConverter))]
public enum SubtaskRole
{
    /// <summary>A person, or the application on their behalf.</summary>
    User,

    /// <summary>One bot's run.</summary>
    Assistant,
}

/// <summary>Reads and writes <see cref="SubtaskRole"/> in upper case.</summary>
public sealed class SubtaskRoleJsonConverter()
    : JsonStringEnumConverter<SubtaskRole>(System.Text.Json.JsonNamingPolicy.SnakeCaseUpper, allowIntegerValues: false);

/// <summary>One message of a task: what a user said, or one bot's run that answers it.</summary>
public sealed record Subtask
{
    /// <summary>Identifier, unique in a store, positive.</summary>
    public required long Id { get; init; }

    /// <summary>The task it is part of.</summary>
    public required long TaskId { get; init; }

    /// <summary>Its place among the task's messages, from 1.</summary>
    public required int MessageId { get; init; }

    /// <summary>Who it is from.</summary>
    public required SubtaskRole Role { get; init; }

    /// <summary>Index into <see cref="ExecutionPlan.Members"/>; -1 for a user's message.</summary>
    public int Member { get; init; } = -1;

    /// <summary>Name of the bot; null for a user's message.</summary>
    public string? BotName { get; init; }

    /// <summary>Name of the user who wrote it; null for a bot's run.</summary>
    public string? Sender { get; init; }

    /// <summary>What the user wrote, or what the bot is asked.</summary>
    public required string Prompt { get; init; }

    /// <summary>Where it stands.</summary>
    public required TaskState Status { get; init; }

    /// <summary>Attempts made, from 1 with the first start; 0 before.</summary>
    public int Attempt { get; init; }

    /// <summary>Last raw output line of the present attempt that the run log covers; -1 before the first.</summary>
    public long CoveredLine { get; init; } = -1;

    /// <summary>The agent's own session, for the next turn; null when it has none.</summary>
    public string? SessionId { get; init; }

    /// <summary>What came of it; null until it ended with something.</summary>
    public SubtaskResult? Result { get; init; }

    /// <summary>Why it failed; null when it did not.</summary>
    public FailureReason? Reason { get; init; }

    /// <summary>The failure in words; null when there is none.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>When it was created, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? CompletedAt { get; init; }
}
