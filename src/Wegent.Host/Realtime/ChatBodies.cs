using System.Text.Json.Serialization;
using Wegent.Hosting.Api;
using Wegent.Tasks;

namespace Wegent.Hosting.Realtime;

/// <summary>Data of <c>chat:send</c>.</summary>
internal sealed record ChatSend
{
    /// <summary>Asks a waiting pipeline to go on.</summary>
    public const string ConfirmAction = "pipeline:confirm";

    /// <summary>Asks a waiting pipeline to run its stage again.</summary>
    public const string RetryAction = "pipeline:retry";

    /// <summary>The task; null starts one.</summary>
    public long? TaskId { get; init; }

    public string? Message { get; init; }

    public NamedReference? Team { get; init; }

    public string? Title { get; init; }

    public NamedReference? Workspace { get; init; }

    public string? GitUrl { get; init; }

    public string? BranchName { get; init; }

    public string? Model { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The client's own number of the message: sent twice, it is taken once.</summary>
    public string? ClientMessageId { get; init; }

    public string? Action { get; init; }

    /// <summary>Kept apart from the keys of HTTP: the same text there means another request.</summary>
    public string? IdempotencyKey => ClientMessageId is { Length: > 0 } id ? "chat:" + id : null;

    public SubmitBody ToNewTask() => new()
    {
        Prompt = Message ?? "",
        Team = Team ?? throw new InvalidRequestException("field 'team' is missing: a message without task_id starts a task, and that needs a team"),
        Title = Title,
        Workspace = Workspace,
        GitUrl = GitUrl,
        BranchName = BranchName,
        Model = Model,
        Labels = Labels,
    };
}

/// <summary>Data of every event that is about one task.</summary>
internal sealed record TaskTarget
{
    public required long TaskId { get; init; }

    public long? SubtaskId { get; init; }

    public long? AfterSeq { get; init; }

    public int? AfterMessageId { get; init; }
}

/// <summary>Ack of <c>chat:cancel</c>.</summary>
internal sealed record CancelAck(long TaskId, TaskState Status);

/// <summary>Ack of <c>chat:resume</c>.</summary>
internal sealed record ResumeAck(long LastSeq, TaskState Status);

/// <summary>Ack of <c>chat:retry</c>.</summary>
internal sealed record RetryAck(long TaskId, long? SubtaskId);

/// <summary>An answer that is being streamed, as far as it has come.</summary>
/// <param name="SubtaskId">The run.</param>
/// <param name="Offset">Length of <paramref name="Content"/>, in UTF-16 code units.</param>
/// <param name="Content">The answer's text so far.</param>
/// <param name="Blocks">Everything that was streamed so far, block by block.</param>
internal sealed record Streaming(long SubtaskId, int Offset, string Content, IReadOnlyList<ResultBlock> Blocks);

/// <summary>Ack of <c>history:sync</c>.</summary>
internal sealed record HistoryAck(IReadOnlyList<HistoryMessage> Messages);

/// <summary>One message of a <see cref="HistoryAck"/>.</summary>
internal sealed record HistoryMessage(long SubtaskId, int MessageId, SubtaskRole Role, string? BotName, string Content, TaskState Status, DateTimeOffset CreatedAt)
{
    public static HistoryMessage Of(Subtask message) =>
        new(message.Id, message.MessageId, message.Role, message.BotName, SubtaskReply.ContentOf(message), message.Status, message.CreatedAt);
}

/// <summary>The JSON contracts of chat data, snake case. A field that is not known is passed over, since clients of other versions send more.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, AllowDuplicateProperties = false, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ChatSend))]
[JsonSerializable(typeof(TaskTarget))]
[JsonSerializable(typeof(TurnReply))]
[JsonSerializable(typeof(CancelAck))]
[JsonSerializable(typeof(ResumeAck))]
[JsonSerializable(typeof(RetryAck))]
[JsonSerializable(typeof(Streaming))]
[JsonSerializable(typeof(HistoryAck))]
[JsonSerializable(typeof(IReadOnlyList<SubtaskReply>))]
internal sealed partial class ChatJson : JsonSerializerContext;
