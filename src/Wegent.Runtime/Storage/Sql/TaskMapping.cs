using System.Data.Common;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Wegent.Tasks;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>Rows of tasks and messages as records, in the order of the columns of <see cref="TaskSql"/>.</summary>
internal static class TaskMapping
{
    /// <summary>How many columns a task has before those of its spec.</summary>
    private const int TaskColumnCount = 20;

    private static readonly TaskSpec s_unread = new("", "", new Dictionary<string, string>(), new() { TeamNamespace = "", TeamName = "", CollaborationModel = "", Members = [] });

    /// <summary>A task whose spec has not been read yet.</summary>
    public static TaskRow Row(DbDataReader reader) => new()
    {
        Task = Task(reader, s_unread),
        ReadyAt = reader.FindTime(10),
        LeaseNode = reader.FindString(12),
        LeaseUntil = reader.FindTime(13),
        LastMessageId = reader.GetInt32(15),
    };

    /// <summary>A task of a list, whose spec stands in the same row.</summary>
    public static AgentTask ListedTask(DbDataReader reader, TaskSpecCache specs) =>
        Task(reader, specs.TryGet(reader.GetInt64(0), out var known) ? known : Spec(reader, TaskColumnCount));

    /// <summary>A spec that begins at a column.</summary>
    public static TaskSpec Spec(DbDataReader reader, int first) => new(
        reader.GetString(first),
        reader.GetString(first + 1),
        JsonSerializer.Deserialize(reader.GetString(first + 2), TaskMappingJson.Default.DictionaryStringString)!, // an object is what was written
        ExecutionPlan.FromJson(reader.GetString(first + 3)));

    /// <summary>A task with its spec.</summary>
    public static AgentTask With(AgentTask task, TaskSpec spec) =>
        task with { Title = spec.Title, Prompt = spec.Prompt, Labels = spec.Labels, Plan = spec.Plan };

    /// <summary>A message.</summary>
    public static Subtask Subtask(DbDataReader reader) => new()
    {
        Id = reader.GetInt64(0),
        TaskId = reader.GetInt64(1),
        MessageId = reader.GetInt32(2),
        Role = reader.GetString(3) == "USER" ? SubtaskRole.User : SubtaskRole.Assistant,
        Member = reader.GetInt32(4),
        BotName = reader.FindString(5),
        Sender = reader.FindString(6),
        Status = State(reader, 7),
        Attempt = reader.GetInt32(8),
        CoveredLine = reader.GetInt64(9),
        SessionId = reader.FindString(10),
        Reason = Reason(reader, 11),
        ErrorMessage = reader.FindString(12),
        CreatedAt = reader.GetTime(13),
        CompletedAt = reader.FindTime(14),
        Prompt = reader.GetString(15),
        Result = reader.FindString(16) is { } json ? SubtaskResult.FromJson(json) : null,
    };

    /// <summary>Labels as a column holds them.</summary>
    public static string ToJson(IReadOnlyDictionary<string, string> labels) =>
        JsonSerializer.Serialize(labels, TaskMappingJson.Readable.IReadOnlyDictionaryStringString);

    /// <summary>A role as a column holds it.</summary>
    public static string ToWire(SubtaskRole role) => role == SubtaskRole.User ? "USER" : "ASSISTANT";

    /// <summary>A reason as a column holds it.</summary>
    public static string? ToWire(FailureReason? reason) => reason is { } known ? Failure.WireName(known) : null;

    private static AgentTask Task(DbDataReader reader, TaskSpec spec) => new()
    {
        Id = reader.GetInt64(0),
        Owner = reader.GetString(1),
        Namespace = reader.GetString(2),
        Name = reader.GetString(3),
        Title = spec.Title,
        Prompt = spec.Prompt,
        Plan = spec.Plan,
        Labels = spec.Labels,
        Status = State(reader, 4),
        Progress = reader.GetInt32(5),
        Reason = Reason(reader, 6),
        ErrorMessage = reader.FindString(7),
        Attempt = reader.GetInt32(8),
        NotBefore = reader.FindTime(9),
        Fence = reader.GetInt64(11),
        LastSeq = reader.GetInt64(14),
        PreserveExecutor = reader.GetInt64(16) != 0,
        CreatedAt = reader.GetTime(17),
        UpdatedAt = reader.GetTime(18),
        CompletedAt = reader.FindTime(19),
    };

    private static TaskState State(DbDataReader reader, int column) =>
        TaskStates.FromWire(reader.GetString(column)) ?? throw new JsonException($"'{reader.GetString(column)}' is not a task status."); // a CHECK forbids it

    private static FailureReason? Reason(DbDataReader reader, int column) => reader.FindString(column) is { } word
        ? Enum.Parse<FailureReason>(word.Replace("_", "", StringComparison.Ordinal), ignoreCase: true)
        : null;
}

/// <summary>The JSON of labels.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class TaskMappingJson : JsonSerializerContext
{
    /// <summary>With letters of all scripts as they are.</summary>
    public static TaskMappingJson Readable { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
