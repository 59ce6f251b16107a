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
    public static TaskRow Row(SqlRow row) => new()
    {
        Task = Task(row, s_unread),
        ReadyAt = row.FindTime(10),
        LeaseNode = row.FindString(12),
        LeaseUntil = row.FindTime(13),
        LastMessageId = row.GetInt32(15),
    };

    /// <summary>A task of a list, whose spec stands in the same row.</summary>
    public static AgentTask ListedTask(SqlRow row, TaskSpecCache specs) =>
        Task(row, specs.TryGet(row.GetInt64(0), out var known) ? known : Spec(row, TaskColumnCount));

    /// <summary>A spec that begins at a column.</summary>
    public static TaskSpec Spec(SqlRow row, int first) => new(
        row.GetString(first),
        row.GetString(first + 1),
        JsonSerializer.Deserialize(row.GetString(first + 2), TaskMappingJson.Default.DictionaryStringString)!, // an object is what was written
        ExecutionPlan.FromJson(row.GetString(first + 3)));

    /// <summary>A task with its spec.</summary>
    public static AgentTask With(AgentTask task, TaskSpec spec) =>
        task with { Title = spec.Title, Prompt = spec.Prompt, Labels = spec.Labels, Plan = spec.Plan };

    /// <summary>A message.</summary>
    public static Subtask Subtask(SqlRow row) => new()
    {
        Id = row.GetInt64(0),
        TaskId = row.GetInt64(1),
        MessageId = row.GetInt32(2),
        Role = row.GetString(3) == "USER" ? SubtaskRole.User : SubtaskRole.Assistant,
        Member = row.GetInt32(4),
        BotName = row.FindString(5),
        Sender = row.FindString(6),
        Status = State(row, 7),
        Attempt = row.GetInt32(8),
        CoveredLine = row.GetInt64(9),
        SessionId = row.FindString(10),
        Reason = Reason(row, 11),
        ErrorMessage = row.FindString(12),
        CreatedAt = row.GetTime(13),
        CompletedAt = row.FindTime(14),
        Prompt = row.GetString(15),
        Result = row.FindString(16) is { } json ? SubtaskResult.FromJson(json) : null,
    };

    /// <summary>Labels as a column holds them.</summary>
    public static string ToJson(IReadOnlyDictionary<string, string> labels) =>
        JsonSerializer.Serialize(labels, TaskMappingJson.Readable.IReadOnlyDictionaryStringString);

    /// <summary>A role as a column holds it.</summary>
    public static string ToWire(SubtaskRole role) => role == SubtaskRole.User ? "USER" : "ASSISTANT";

    /// <summary>A reason as a column holds it.</summary>
    public static string? ToWire(FailureReason? reason) => reason is { } known ? Failure.WireName(known) : null;

    private static AgentTask Task(SqlRow row, TaskSpec spec) => new()
    {
        Id = row.GetInt64(0),
        Owner = row.GetString(1),
        Namespace = row.GetString(2),
        Name = row.GetString(3),
        Title = spec.Title,
        Prompt = spec.Prompt,
        Plan = spec.Plan,
        Labels = spec.Labels,
        Status = State(row, 4),
        Progress = row.GetInt32(5),
        Reason = Reason(row, 6),
        ErrorMessage = row.FindString(7),
        Attempt = row.GetInt32(8),
        NotBefore = row.FindTime(9),
        Fence = row.GetInt64(11),
        LastSeq = row.GetInt64(14),
        PreserveExecutor = row.GetInt64(16) != 0,
        CreatedAt = row.GetTime(17),
        UpdatedAt = row.GetTime(18),
        CompletedAt = row.FindTime(19),
    };

    private static TaskState State(SqlRow row, int column) =>
        TaskStates.FromWire(row.GetString(column)) ?? throw new JsonException($"'{row.GetString(column)}' is not a task status."); // a CHECK forbids it

    private static FailureReason? Reason(SqlRow row, int column) => row.FindString(column) is { } word
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
