using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Wegent.Hosting.Api;
using Wegent.Hosting.Security;
using Wegent.Tasks;

namespace Wegent.Hosting.Realtime;

/// <summary>What a client can say on <c>/chat</c>, and what it gets back: one answer for each frame, an ack or an error.</summary>
internal sealed partial class ChatSession(Caller caller, ChatSocket socket, RoomRouter router, ILogger logger)
{
    private readonly Dictionary<long, Room> _joined = [];

    private ITaskClient Tasks => caller.Tasks;

    /// <summary>Serves one socket from its first frame to its last.</summary>
    public async Task RunAsync(Action abort, CancellationToken stopping)
    {
        var seat = router.Enter(socket, caller);
        try
        {
            await socket.AnswerAsync(new Outgoing(null, Join: seat));
            await socket.RunAsync(HandleAsync, abort, stopping);
        }
        finally
        {
            router.Leave(socket, seat.Room);
            foreach (var room in _joined.Values)
                router.Leave(socket, room);
        }
    }

    // False when the frame was none that we know.
    private async ValueTask<bool> HandleAsync(ReadOnlyMemory<byte> frame)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(frame);
        }
        catch (JsonException)
        {
            await socket.AnswerAsync(new Outgoing(Frames.Error(default, "request.invalid", "The frame is not JSON; send text frames like {\"id\": \"c1\", \"event\": \"task:join\", \"data\": {…}}.", null)));
            return false;
        }

        using (document)
        {
            var id = Member(document.RootElement, "id");
            var name = Member(document.RootElement, "event") is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
            var data = Member(document.RootElement, "data");
            try
            {
                if (await AnswerAsync(id, name, data) is not { } answer)
                {
                    var detail = name is null ? "The frame has no field 'event'." : $"There is no event '{name}'.";
                    await socket.AnswerAsync(new Outgoing(Frames.Error(id, "request.invalid", $"{detail} It is chat:send, chat:cancel, chat:resume, chat:retry, task:join, task:leave or history:sync.", null)));
                    return false;
                }

                await socket.AnswerAsync(answer);
            }
            catch (WegentException error)
            {
                await socket.AnswerAsync(new Outgoing(Frames.Error(id, error.Code, error.Message, ProblemMapping.FindingsOf(error))));
            }
            catch (Exception error)
            {
                LogDefect(logger, error, name);
                await socket.AnswerAsync(new Outgoing(Frames.Error(id, "internal.error", "A defect of the host; its log says more.", null)));
            }

            return true;
        }
    }

    private async ValueTask<Outgoing?> AnswerAsync(JsonElement id, string? name, JsonElement data) => name switch
    {
        "chat:send" => Ack(id, await SendAsync(Read(data, ChatJson.Default.ChatSend)), ChatJson.Default.TurnReply),
        "chat:cancel" => Ack(id, await CancelAsync(Read(data, ChatJson.Default.TaskTarget)), ChatJson.Default.CancelAck),
        "chat:retry" => Ack(id, await RetryAsync(Read(data, ChatJson.Default.TaskTarget)), ChatJson.Default.RetryAck),
        "history:sync" => Ack(id, await SyncAsync(Read(data, ChatJson.Default.TaskTarget)), ChatJson.Default.HistoryAck),
        "chat:resume" => await ResumeAsync(id, Read(data, ChatJson.Default.TaskTarget)),
        "task:join" => await JoinAsync(id, Read(data, ChatJson.Default.TaskTarget)),
        "task:leave" => Leave(id, Read(data, ChatJson.Default.TaskTarget)),
        _ => null,
    };

    private async ValueTask<TurnReply> SendAsync(ChatSend send)
    {
        if (send.Action is ChatSend.ConfirmAction or ChatSend.RetryAction)
            return await ConfirmAsync(send);
        if (send.Action is not null)
            throw new InvalidRequestException($"action is '{send.Action}'; it may be {ChatSend.ConfirmAction} or {ChatSend.RetryAction}.");
        if (string.IsNullOrWhiteSpace(send.Message))
            throw new InvalidRequestException("field 'message' is missing or empty");

        var accepted = send.TaskId is { } taskId
            ? await Tasks.SendAsync(taskId, send.Message, send.IdempotencyKey)
            : await Tasks.SubmitAsync(send.ToNewTask().ToSubmission(send.IdempotencyKey));
        return new TurnReply(accepted.Id, accepted.Message.Id, accepted.Message.MessageId);
    }

    // A confirmation is no message of the user: the ack names the run that it lets begin.
    private async ValueTask<TurnReply> ConfirmAsync(ChatSend send)
    {
        var taskId = send.TaskId ?? throw new InvalidRequestException($"field 'task_id' is missing: {send.Action} is about a task");
        await Tasks.ConfirmAsync(taskId, send.Action == ChatSend.RetryAction, string.IsNullOrWhiteSpace(send.Message) ? null : send.Message);
        var last = (await Tasks.ListMessagesAsync(taskId))[^1];
        return new TurnReply(taskId, last.Id, last.MessageId);
    }

    private async ValueTask<CancelAck> CancelAsync(TaskTarget target)
    {
        var task = await Tasks.CancelAsync(target.TaskId);
        return new CancelAck(task.Id, task.Status);
    }

    private async ValueTask<RetryAck> RetryAsync(TaskTarget target)
    {
        var task = await Tasks.RetryAsync(target.TaskId, target.SubtaskId);
        var again = target.SubtaskId ?? (await Tasks.ListMessagesAsync(task.Id)).LastOrDefault(static message => message.Role == SubtaskRole.Assistant)?.Id;
        return new RetryAck(task.Id, again);
    }

    private async ValueTask<HistoryAck> SyncAsync(TaskTarget target) =>
        new([.. (await Tasks.ListMessagesAsync(target.TaskId, target.AfterMessageId ?? 0)).Select(HistoryMessage.Of)]);

    private async ValueTask<Outgoing> ResumeAsync(JsonElement id, TaskTarget target)
    {
        var afterSeq = target.AfterSeq ?? throw new InvalidRequestException("field 'after_seq' is missing: it is the last seq that was seen, 0 for all");
        var task = await GetAsync(target.TaskId);
        if (afterSeq < 0 || afterSeq > task.LastSeq)
            throw new InvalidRequestException($"after_seq is {afterSeq}; task {task.Id} has events 1 to {task.LastSeq}, so it may be 0 to {task.LastSeq}.");
        return Ack(id, new ResumeAck(task.LastSeq, task.Status), ChatJson.Default.ResumeAck) with { Join = Enter(task, afterSeq) };
    }

    private async ValueTask<Outgoing> JoinAsync(JsonElement id, TaskTarget target)
    {
        // The state is read first: what comes after its last number is sent as events, so nothing is missing and nothing is doubled.
        var task = await GetAsync(target.TaskId);
        var messages = await Tasks.ListMessagesAsync(task.Id);
        var streaming = await StreamingState.ReadAsync(Tasks, task, messages);
        var frame = Frames.Ack(id, writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("task"u8);
            writer.WriteRawValue(TaskDocuments.ToJson(task, messages), skipInputValidation: true);
            writer.WritePropertyName("subtasks"u8);
            JsonSerializer.Serialize(writer, [.. messages.Where(message => message.MessageId > (target.AfterMessageId ?? 0)).Select(SubtaskReply.Of)], ChatJson.Default.IReadOnlyListSubtaskReply);
            writer.WriteNumber("last_seq"u8, task.LastSeq);
            writer.WritePropertyName("streaming"u8);
            if (streaming is null)
                writer.WriteNullValue();
            else
                JsonSerializer.Serialize(writer, streaming, ChatJson.Default.Streaming);
            writer.WriteEndObject();
        });
        return new Outgoing(frame, Join: Enter(task, task.LastSeq));
    }

    private Outgoing Leave(JsonElement id, TaskTarget target)
    {
        if (_joined.Remove(target.TaskId, out var room))
            router.Leave(socket, room);
        return new Outgoing(Frames.Ack(id, static writer => { writer.WriteStartObject(); writer.WriteEndObject(); }), Leave: room);
    }

    private Seat Enter(AgentTask task, long afterSeq)
    {
        if (_joined.Count >= RealtimeOptions.MaxSeats && !_joined.ContainsKey(task.Id))
            throw new WegentException("chat.too_many_rooms", $"A socket may watch {RealtimeOptions.MaxSeats} tasks at a time; leave one, or open another socket.");
        var seat = router.Enter(socket, task, Tasks, afterSeq);
        _joined[task.Id] = seat.Room;
        return seat;
    }

    private async ValueTask<AgentTask> GetAsync(long taskId) =>
        await Tasks.FindAsync(taskId) ?? throw new NotFoundException("task.not_found", $"There is no task {taskId}.");

    private static Outgoing Ack<T>(JsonElement id, T data, JsonTypeInfo<T> contract) =>
        new(Frames.Ack(id, writer => JsonSerializer.Serialize(writer, data, contract)));

    private static T Read<T>(JsonElement data, JsonTypeInfo<T> contract)
        where T : class =>
        data.ValueKind == JsonValueKind.Object
            ? RequestBody.Bind(data, contract)
            : throw new InvalidRequestException("field 'data' is missing or no object");

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    [LoggerMessage(5320, LogLevel.Error, "chat.defect: {Event}")]
    private static partial void LogDefect(ILogger logger, Exception exception, string? @event);
}
