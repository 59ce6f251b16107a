using System.Text.Json;
using System.Text.Json.Serialization;
using Wegent.Resources;
using Wegent.Tasks;

namespace Wegent.Hosting.Api;

/// <summary>POST <c>/api/v1/tasks</c> in its flat form, and what <c>chat:send</c> shares with it.</summary>
internal sealed record SubmitBody
{
    /// <summary>A line that says what it is about.</summary>
    public string? Title { get; init; }

    /// <summary>What to do.</summary>
    public required string Prompt { get; init; }

    /// <summary>The team: its name, or name and namespace.</summary>
    public required NamedReference Team { get; init; }

    /// <summary>The workspace: its name, or name and namespace.</summary>
    public NamedReference? Workspace { get; init; }

    /// <summary>Repository to work on when no workspace is named.</summary>
    public string? GitUrl { get; init; }

    /// <summary>Branch of it.</summary>
    public string? BranchName { get; init; }

    /// <summary>Model that stands in for the bots' own.</summary>
    public string? Model { get; init; }

    /// <summary>Labels of the task.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public TaskSubmission ToSubmission(string? idempotencyKey)
    {
        if (Workspace is { Namespace: { } other } && other != (Team.Namespace ?? ObjectMeta.DefaultNamespace))
            throw new InvalidRequestException($"The workspace is in namespace '{other}' and the team is not; put both into one.");
        return new TaskSubmission(Team.Name, Prompt)
        {
            Namespace = Team.Namespace ?? ObjectMeta.DefaultNamespace,
            Title = Title,
            Workspace = Workspace?.Name,
            GitUrl = GitUrl,
            Branch = BranchName,
            Model = Model,
            Labels = Labels ?? new Dictionary<string, string>(),
            IdempotencyKey = idempotencyKey,
        };
    }
}

/// <summary>A resource by name, written as <c>"name"</c> or as <c>{"name": …, "namespace": …}</c>.</summary>
[JsonConverter(typeof(NamedReferenceConverter))]
internal sealed record NamedReference(string Name, string? Namespace);

/// <summary>Reads both forms of a <see cref="NamedReference"/>.</summary>
internal sealed class NamedReferenceConverter : JsonConverter<NamedReference>
{
    public override NamedReference Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new NamedReference(reader.GetString()!, null); // a string token has a value
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        string? name = null, namespaceName = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString();
            if (!reader.Read() || reader.TokenType != JsonTokenType.String || field is not ("name" or "namespace"))
                throw new JsonException();
            if (field == "name")
                name = reader.GetString();
            else
                namespaceName = reader.GetString();
        }

        return new NamedReference(name ?? throw new JsonException(), namespaceName);
    }

    public override void Write(Utf8JsonWriter writer, NamedReference value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
}

/// <summary>POST <c>/api/v1/tasks/{id}/messages</c>.</summary>
internal sealed record MessageBody
{
    /// <summary>The message.</summary>
    public string? Message { get; init; }

    /// <summary>The same, under the name that a new task has for it.</summary>
    public string? Prompt { get; init; }

    public string ToText() => (Message ?? Prompt) is { Length: > 0 } text
        ? text
        : throw new InvalidRequestException("field 'message' is missing or empty");
}

/// <summary>POST <c>/api/v1/tasks/{id}/retry</c>.</summary>
internal sealed record RetryBody
{
    /// <summary>The failed run; null means the last one.</summary>
    public long? SubtaskId { get; init; }
}

/// <summary>POST <c>/api/v1/tasks/{id}/confirm</c>.</summary>
internal sealed record ConfirmBody
{
    /// <summary><c>continue</c> (default) or <c>retry</c>.</summary>
    public string Action { get; init; } = "continue";

    /// <summary>What the stage is asked instead.</summary>
    public string? ConfirmedPrompt { get; init; }
}

/// <summary>A message that was accepted.</summary>
internal sealed record TurnReply(long TaskId, long SubtaskId, int MessageId);

/// <summary>The messages of a task.</summary>
internal sealed record SubtaskList(long TaskId, IReadOnlyList<SubtaskReply> Items);

/// <summary>One message of a task.</summary>
internal sealed record SubtaskReply
{
    public required long SubtaskId { get; init; }

    public required int MessageId { get; init; }

    public required SubtaskRole Role { get; init; }

    public required string? BotName { get; init; }

    public required string? Sender { get; init; }

    /// <summary>What the user wrote, or what the bot was asked.</summary>
    public required string Prompt { get; init; }

    /// <summary>What a viewer reads: the user's text, or the bot's answer.</summary>
    public required string Content { get; init; }

    public required TaskState Status { get; init; }

    public required int Attempt { get; init; }

    public required SubtaskResult? Result { get; init; }

    public required FailureReason? Reason { get; init; }

    public required string? ErrorMessage { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? CompletedAt { get; init; }

    public static SubtaskReply Of(Subtask subtask) => new()
    {
        SubtaskId = subtask.Id,
        MessageId = subtask.MessageId,
        Role = subtask.Role,
        BotName = subtask.BotName,
        Sender = subtask.Sender,
        Prompt = subtask.Prompt,
        Content = ContentOf(subtask),
        Status = subtask.Status,
        Attempt = subtask.Attempt,
        Result = subtask.Result,
        Reason = subtask.Reason,
        ErrorMessage = subtask.ErrorMessage,
        CreatedAt = subtask.CreatedAt,
        CompletedAt = subtask.CompletedAt,
    };

    public static string ContentOf(Subtask subtask) => subtask.Role == SubtaskRole.User ? subtask.Prompt : subtask.Result?.Value ?? "";
}
