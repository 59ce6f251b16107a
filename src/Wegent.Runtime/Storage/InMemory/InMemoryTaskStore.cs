using Wegent.Events;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Runtime.Storage.InMemory;

/// <summary>Tasks in memory.</summary>
internal sealed class InMemoryTaskStore(InMemoryDatabase database) : ITaskStore
{
    private InMemoryTaskTables Tables => database.Tasks;

    public ValueTask<TurnAccepted> CreateAsync(NewTask task, CancellationToken cancellationToken) =>
        database.WriteTasksAsync((rows, now) => TaskWrites.CreateAsync(rows, task, now), cancellationToken);

    public ValueTask<TurnAccepted> AddTurnAsync(NewTurn turn, CancellationToken cancellationToken) =>
        database.WriteTasksAsync((rows, now) => TaskWrites.AddTurnAsync(rows, turn, now), cancellationToken);

    public ValueTask<TaskMoved> MoveAsync(TaskMove move, CancellationToken cancellationToken) =>
        database.WriteTasksAsync((rows, now) => TaskWrites.MoveAsync(rows, move, now), cancellationToken);

    public async ValueTask SetPreserveExecutorAsync(long taskId, bool preserve, CancellationToken cancellationToken) =>
        await database.WriteTasksAsync((rows, now) => TaskWrites.SetPreserveExecutorAsync(rows, taskId, preserve, now), cancellationToken).ConfigureAwait(false);

    public ValueTask<AgentTask?> FindAsync(long taskId, CancellationToken cancellationToken) =>
        new(database.Read(() => Tables.FindLive(taskId)?.Task, cancellationToken));

    public ValueTask<AgentTask?> FindByNameAsync(string owner, string namespaceName, string name, CancellationToken cancellationToken) =>
        new(database.Read(() => Tables.Names.TryGetValue((owner, namespaceName, name), out var id) ? Tables.FindLive(id)?.Task : null, cancellationToken));

    public ValueTask<IReadOnlyList<AgentTask>> ListAsync(TaskQuery query, CancellationToken cancellationToken)
    {
        ResourceWrites.CheckLimit(query.Limit, nameof(query));
        return new(database.Read<IReadOnlyList<AgentTask>>(() => [.. Select(query).Take(query.Limit)], cancellationToken));
    }

    public ValueTask<IReadOnlyList<Subtask>> ListSubtasksAsync(long taskId, int afterMessageId, CancellationToken cancellationToken) => new(database.Read<IReadOnlyList<Subtask>>(
        () => Tables.FindLive(taskId) is null ? [] : Tables.Subtasks[taskId].FindAll(subtask => subtask.MessageId > afterMessageId),
        cancellationToken));

    public ValueTask<IReadOnlyList<RecordedEvent>> ReadEventsAsync(long taskId, long afterSeq, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterSeq);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return new(database.Read<IReadOnlyList<RecordedEvent>>(
            () =>
            {
                var log = Tables.Events.GetValueOrDefault(taskId);
                return log is null || afterSeq >= log.Count ? [] : log.GetRange((int)afterSeq, Math.Min(limit, log.Count - (int)afterSeq));
            },
            cancellationToken));
    }

    public ValueTask<string?> FindArtifactAsync(long taskId, string name, CancellationToken cancellationToken) =>
        new(database.Read(() => Tables.FindLive(taskId) is null ? null : Tables.Artifacts.GetValueOrDefault((taskId, name)), cancellationToken));

    private IEnumerable<AgentTask> Select(TaskQuery query)
    {
        var ids = query.Owner is { } owner ? Tables.IdsByOwner.GetValueOrDefault(owner) ?? [] : Tables.Ids;
        for (var i = IndexBelow(ids, query.BeforeId); i >= 0; i--)
        {
            if (Tables.FindLive(ids[i])?.Task is { } task
                && (query.Status is null || task.Status == query.Status)
                && (query.ChangedSince is null || task.UpdatedAt >= query.ChangedSince)
                && (query.TeamName is null || task.Plan.TeamName == query.TeamName))
            {
                yield return task;
            }
        }
    }

    private static int IndexBelow(List<long> ids, long? beforeId)
    {
        if (beforeId is not { } limit)
            return ids.Count - 1;
        var index = ids.BinarySearch(limit);
        return (index < 0 ? ~index : index) - 1;
    }
}
