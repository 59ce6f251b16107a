using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Wegent.Tasks;

namespace Wegent.Events;

/// <summary>An entry of a task's run log, encoded once and sent to every viewer as it stands.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Seq">Its place, from 1 without a gap.</param>
/// <param name="Name">Name on the wire, such as <c>chat:chunk</c>.</param>
/// <param name="Data">The data object as UTF-8 JSON.</param>
/// <param name="At">When it was written, UTC.</param>
public sealed record RecordedEvent(long TaskId, long Seq, string Name, ReadOnlyMemory<byte> Data, DateTimeOffset At)
{
    /// <summary>Encodes an event's data.</summary>
    public static byte[] Encode(TaskEvent taskEvent)
    {
        ArgumentNullException.ThrowIfNull(taskEvent);
        return JsonSerializer.SerializeToUtf8Bytes(taskEvent, TaskEventJson.Readable.GetTypeInfo(taskEvent.GetType())!);
    }

    /// <summary>The event in its typed form.</summary>
    /// <exception cref="WegentException"><c>event.unknown</c>: written by a newer version.</exception>
    public TaskEvent Decode()
    {
        TaskEvent? decoded = Name switch
        {
            TaskCreated.EventName => JsonSerializer.Deserialize(Data.Span, TaskEventJson.Default.TaskCreated),
            TaskStatusChanged.EventName => JsonSerializer.Deserialize(Data.Span, TaskEventJson.Default.TaskStatusChanged),
            ChatMessage.EventName => JsonSerializer.Deserialize(Data.Span, TaskEventJson.Default.ChatMessage),
            ChatStart.EventName => JsonSerializer.Deserialize(Data.Span, TaskEventJson.Default.ChatStart),
            ChatChunk.EventName => JsonSerializer.Deserialize(Data.Span, TaskEventJson.Default.ChatChunk),
            ChatDone.EventName => JsonSerializer.Deserialize(Data.Span, TaskEventJson.Default.ChatDone),
            ChatError.EventName => JsonSerializer.Deserialize(Data.Span, TaskEventJson.Default.ChatError),
            ChatCancelled.EventName => JsonSerializer.Deserialize(Data.Span, TaskEventJson.Default.ChatCancelled),
            _ => null,
        };
        return decoded is null
            ? throw new WegentException("event.unknown", $"Event '{Name}' at {Seq} of task {TaskId} is unknown to this version; update Wegent.")
            : decoded with { Seq = Seq };
    }
}

/// <summary>The JSON contract of event data, snake case, made at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TaskCreated))]
[JsonSerializable(typeof(TaskStatusChanged))]
[JsonSerializable(typeof(ChatMessage))]
[JsonSerializable(typeof(ChatStart))]
[JsonSerializable(typeof(ChatChunk))]
[JsonSerializable(typeof(ChatDone))]
[JsonSerializable(typeof(ChatError))]
[JsonSerializable(typeof(ChatCancelled))]
[JsonSerializable(typeof(SubtaskResult))]
[JsonSerializable(typeof(ExecutionPlan))]
internal sealed partial class TaskEventJson : JsonSerializerContext
{
    /// <summary>The same contract with letters of all scripts as they are, not as six-byte escapes. Whoever puts it into HTML escapes it there.</summary>
    public static TaskEventJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
