using System.Text;
using Wegent.Events;
using Wegent.Tasks;

namespace Wegent.Core.Tests.Events;

public sealed class RecordedEventTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<TaskEvent, string> Wire() => new()
    {
        { new TaskCreated { TaskId = 7, Title = "修复", TeamName = "dev", CreatedAt = Noon }, """{"task_id":7,"title":"修复","team_name":"dev","created_at":"2026-01-01T12:00:00+00:00"}""" },
        { new TaskStatusChanged { TaskId = 7, Status = TaskState.PendingConfirmation, Progress = 50 }, """{"task_id":7,"status":"PENDING_CONFIRMATION","progress":50}""" },
        { new TaskStatusChanged { TaskId = 7, Status = TaskState.Failed, Progress = 0, Reason = FailureReason.OutOfMemory, ErrorMessage = "x", CompletedAt = Noon }, """{"task_id":7,"status":"FAILED","progress":0,"error_message":"x","reason":"out_of_memory","completed_at":"2026-01-01T12:00:00+00:00"}""" },
        { new ChatMessage { SubtaskId = 1, MessageId = 1, Role = SubtaskRole.User, Content = "hi", Sender = "ann", CreatedAt = Noon }, """{"subtask_id":1,"message_id":1,"role":"USER","content":"hi","sender":"ann","created_at":"2026-01-01T12:00:00+00:00"}""" },
        { new ChatStart { SubtaskId = 2, MessageId = 2, BotName = "b", ShellType = "Demo", Attempt = 1 }, """{"subtask_id":2,"message_id":2,"bot_name":"b","shell_type":"Demo","attempt":1}""" },
        { new ChatChunk { SubtaskId = 2, BlockId = "t1", Kind = BlockKind.Text, Content = "<b>", Offset = 4 }, """{"subtask_id":2,"block_id":"t1","kind":"text","content":"<b>","offset":4}""" },
        { new ChatChunk { SubtaskId = 2, BlockId = "t1", Kind = BlockKind.Thinking, Replace = true }, """{"subtask_id":2,"block_id":"t1","kind":"thinking","content":"","offset":0,"replace":true}""" },
        { new ChatChunk { SubtaskId = 2, BlockId = "c1", Kind = BlockKind.Tool, Tool = new ToolCall { Id = "c1", Name = "Bash", Status = "done", Output = "ok" } }, """{"subtask_id":2,"block_id":"c1","kind":"tool","content":"","offset":0,"tool":{"id":"c1","name":"Bash","output":"ok","status":"done"}}""" },
        { new ChatDone { SubtaskId = 2, MessageId = 2, Offset = 2, Result = new SubtaskResult { Value = "hi", Usage = new TokenUsage(1, 2, 3, 0.5m) } }, """{"subtask_id":2,"message_id":2,"offset":2,"result":{"value":"hi","blocks":[],"usage":{"input_tokens":1,"output_tokens":2,"cache_read_tokens":3,"cost_usd":0.5}}}""" },
        { new ChatError { SubtaskId = 2, Error = "no", Code = FailureReason.RateLimited, Retryable = true }, """{"subtask_id":2,"error":"no","code":"rate_limited","retryable":true}""" },
        { new ChatCancelled { SubtaskId = 2, Result = null }, """{"subtask_id":2,"result":null}""" },
    };

    [Theory]
    [MemberData(nameof(Wire))]
    public void An_event_has_the_data_that_the_contract_names(TaskEvent taskEvent, string data) =>
        Assert.Equal(data, Encoding.UTF8.GetString(RecordedEvent.Encode(taskEvent)));

    [Theory]
    [MemberData(nameof(Wire))]
    public void An_event_reads_back_as_it_was_written(TaskEvent taskEvent, string data)
    {
        var recorded = new RecordedEvent(7, 3, taskEvent.Name, Encoding.UTF8.GetBytes(data), Noon);

        var decoded = recorded.Decode();

        Assert.Equal(3, decoded.Seq);
        Assert.Equal(data, Encoding.UTF8.GetString(RecordedEvent.Encode(decoded)));
    }

    [Fact]
    public void An_event_of_a_newer_version_is_named_in_the_error()
    {
        var error = Assert.Throws<WegentException>(() => new RecordedEvent(7, 3, "chat:sing", Encoding.UTF8.GetBytes("{}"), Noon).Decode());

        Assert.Equal("event.unknown", error.Code);
        Assert.Contains("chat:sing", error.Message, StringComparison.Ordinal);
    }
}
