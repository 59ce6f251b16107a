using Wegent.Events;
using Wegent.Tasks;

namespace Wegent.Runtime.Storage.InMemory;

/// <summary>The tables of tasks, with the look-ups that a database would call indexes.</summary>
internal sealed class InMemoryTaskTables
{
    public Dictionary<long, TaskRow> Tasks { get; } = [];

    /// <summary>All ids, ascending: they are given in order.</summary>
    public List<long> Ids { get; } = [];

    public Dictionary<string, List<long>> IdsByOwner { get; } = [];

    public Dictionary<(string Owner, string Namespace, string Name), long> Names { get; } = [];

    public SortedSet<(DateTimeOffset ReadyAt, long Id)> Ready { get; } = [];

    public HashSet<long> Running { get; } = [];

    /// <summary>The messages of each task, in order.</summary>
    public Dictionary<long, List<Subtask>> Subtasks { get; } = [];

    public long LastSubtaskId { get; set; }

    /// <summary>The run log of each task: entry n is at index n - 1.</summary>
    public Dictionary<long, List<RecordedEvent>> Events { get; } = [];

    public Dictionary<(long TaskId, string Name), string> Artifacts { get; } = [];

    public Dictionary<IdempotencyKey, IdempotencyEntry> Keys { get; } = [];

    /// <summary>The keys in the order in which they run out.</summary>
    public Queue<(IdempotencyKey Key, DateTimeOffset ExpiresAt)> KeyOrder { get; } = [];

    public TaskRow? FindLive(long taskId) =>
        Tasks.GetValueOrDefault(taskId) is { Task.Status: not TaskState.Delete } row ? row : null;
}
