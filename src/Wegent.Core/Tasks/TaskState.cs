using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Tasks;

/// <summary>Where a task, or one message of it, stands. On the wire in upper snake case: <c>PENDING_CONFIRMATION</c>.</summary>
[JsonConverter(typeof(TaskStateJsonConverter))]
public enum TaskState
{
    /// <summary>Accepted, waits for a slot.</summary>
    Pending,

    /// <summary>A runner holds its lease and works on it.</summary>
    Running,

    /// <summary>Cancel was asked for; the agent has not stopped yet. Tasks only.</summary>
    Cancelling,

    /// <summary>A pipeline stage is done and waits for a person. Tasks only.</summary>
    PendingConfirmation,

    /// <summary>Done, with a result.</summary>
    Completed,

    /// <summary>Ended without a result; the reason says why.</summary>
    Failed,

    /// <summary>Stopped because someone asked for it.</summary>
    Cancelled,

    /// <summary>Deleted; invisible from now on.</summary>
    Delete,
}

/// <summary>Facts about states that need no task at hand.</summary>
public static class TaskStates
{
    /// <summary>Whether nothing more happens by itself: only a new message, a retry or a deletion moves it on.</summary>
    public static bool IsFinal(this TaskState state) =>
        state is TaskState.Completed or TaskState.Failed or TaskState.Cancelled or TaskState.Delete;

    /// <summary>Whether it holds one of the slots that <c>MAX_CONCURRENT_TASKS</c> counts.</summary>
    public static bool HoldsSlot(this TaskState state) => state is TaskState.Running or TaskState.Cancelling;

    /// <summary>The word used in YAML, HTTP, WebSocket and the store, such as <c>PENDING_CONFIRMATION</c>.</summary>
    public static string ToWire(this TaskState state) => state switch
    {
        TaskState.Pending => "PENDING",
        TaskState.Running => "RUNNING",
        TaskState.Cancelling => "CANCELLING",
        TaskState.PendingConfirmation => "PENDING_CONFIRMATION",
        TaskState.Completed => "COMPLETED",
        TaskState.Failed => "FAILED",
        TaskState.Cancelled => "CANCELLED",
        TaskState.Delete => "DELETE",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a task state."),
    };

    /// <summary>Reads the word back; null when it is none of ours. Upper or lower case.</summary>
    public static TaskState? FromWire(string? word) => word?.ToUpperInvariant() switch
    {
        "PENDING" => TaskState.Pending,
        "RUNNING" => TaskState.Running,
        "CANCELLING" => TaskState.Cancelling,
        "PENDING_CONFIRMATION" => TaskState.PendingConfirmation,
        "COMPLETED" => TaskState.Completed,
        "FAILED" => TaskState.Failed,
        "CANCELLED" => TaskState.Cancelled,
        "DELETE" => TaskState.Delete,
        _ => null,
    };
}

/// <summary>Reads and writes <see cref="TaskState"/> as its wire word.</summary>
public sealed class TaskStateJsonConverter : JsonConverter<TaskState>
{
    /// <inheritdoc/>
    public override TaskState Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TaskStates.FromWire(reader.GetString()) ?? throw new JsonException("Not a task status; it is one of PENDING, RUNNING, CANCELLING, PENDING_CONFIRMATION, COMPLETED, FAILED, CANCELLED, DELETE.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TaskState value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToWire());
    }
}
