using Wegent.Events;
using Wegent.Tasks;

namespace Wegent.Runtime.Storage.InMemory;

/// <summary>Rows of tasks in memory. Each write says how to take it back.</summary>
internal sealed class InMemoryTaskRows(InMemoryTaskTables tables, Action<Action> onUndo) : ITaskRows
{
    public ValueTask<TaskRow?> FindAsync(long taskId) => new(tables.Tasks.GetValueOrDefault(taskId));

    public ValueTask<TaskRow> InsertAsync(TaskRow draft, string? name)
    {
        var id = tables.Ids.Count == 0 ? 1 : tables.Ids[^1] + 1;
        var task = draft.Task;
        if (name is not null && IsTaken(task.Owner, task.Namespace, name))
            throw TaskWrites.NameTaken(task.Namespace, name);
        var chosen = name ?? $"task-{id}";
        for (var i = 2; name is null && IsTaken(task.Owner, task.Namespace, chosen); i++)
            chosen = $"task-{id}-{i}";

        var row = draft with { Task = task with { Id = id, Name = chosen } };
        if (!tables.IdsByOwner.TryGetValue(task.Owner, out var ids))
            tables.IdsByOwner[task.Owner] = ids = [];
        tables.Ids.Add(id);
        ids.Add(id);
        tables.Events[id] = [];
        tables.Subtasks[id] = [];
        onUndo(() =>
        {
            tables.Ids.RemoveAt(tables.Ids.Count - 1);
            ids.RemoveAt(ids.Count - 1);
            tables.Events.Remove(id);
            tables.Subtasks.Remove(id);
        });
        Put(id, null, row);
        return new(row);
    }

    public ValueTask UpdateAsync(TaskRow before, TaskRow after)
    {
        var current = tables.Tasks[before.Task.Id];
        if (current.Task.Status != before.Task.Status || current.Task.Fence != before.Task.Fence)
            throw new ConflictException("task.conflict", $"Task {before.Task.Id} was changed by another writer. Read it again and retry.");
        Put(before.Task.Id, current, after);
        return default;
    }

    public ValueTask AppendAsync(long taskId, long firstSeq, IReadOnlyList<TaskEvent> events, DateTimeOffset at)
    {
        var log = tables.Events[taskId];
        foreach (var taskEvent in events)
            log.Add(new(taskId, firstSeq++, taskEvent.Name, RecordedEvent.Encode(taskEvent), at));
        onUndo(() => log.RemoveRange(log.Count - events.Count, events.Count));
        return default;
    }

    public ValueTask<Subtask?> FindSubtaskAsync(long taskId, long subtaskId) =>
        new(tables.Subtasks.GetValueOrDefault(taskId)?.Find(subtask => subtask.Id == subtaskId));

    public ValueTask<IReadOnlyList<Subtask>> ListOpenRunsAsync(long taskId) =>
        new(tables.Subtasks[taskId].FindAll(static subtask => subtask.Role == SubtaskRole.Assistant && !subtask.Status.IsFinal()));

    public ValueTask<Subtask> InsertSubtaskAsync(Subtask draft)
    {
        var subtask = draft with { Id = ++tables.LastSubtaskId };
        var list = tables.Subtasks[draft.TaskId];
        list.Add(subtask);
        onUndo(() => list.RemoveAt(list.Count - 1));
        return new(subtask);
    }

    public ValueTask UpdateSubtaskAsync(Subtask before, Subtask after)
    {
        var list = tables.Subtasks[after.TaskId];
        var index = list.FindIndex(subtask => subtask.Id == after.Id);
        list[index] = after;
        onUndo(() => list[index] = before);
        return default;
    }

    public ValueTask SetArtifactAsync(long taskId, string name, string? content)
    {
        var before = tables.Artifacts.GetValueOrDefault((taskId, name));
        Set(content);
        onUndo(() => Set(before));
        return default;

        void Set(string? text)
        {
            if (text is null)
                tables.Artifacts.Remove((taskId, name));
            else
                tables.Artifacts[(taskId, name)] = text;
        }
    }

    public ValueTask<IdempotencyEntry?> FindKeyAsync(IdempotencyKey key, DateTimeOffset now) =>
        new(tables.Keys.GetValueOrDefault(key) is { } entry && entry.ExpiresAt > now ? entry : null);

    public ValueTask SaveKeyAsync(IdempotencyKey key, IdempotencyEntry entry, DateTimeOffset now)
    {
        while (tables.KeyOrder.TryPeek(out var oldest) && oldest.ExpiresAt <= now)
        {
            tables.KeyOrder.Dequeue();
            tables.Keys.Remove(oldest.Key);
        }

        tables.Keys[key] = entry;
        tables.KeyOrder.Enqueue((key, entry.ExpiresAt));
        onUndo(() => tables.Keys.Remove(key));
        return default;
    }

    public ValueTask<IReadOnlyList<TaskRow>> ListLostAsync(DateTimeOffset now, string? node, int limit) => new([.. tables.Running
        .Select(id => tables.Tasks[id])
        .Where(row => row.LeaseUntil <= now || (node is not null && row.LeaseNode == node))
        .OrderBy(static row => row.LeaseUntil).ThenBy(static row => row.Task.Id)
        .Take(limit)]);

    public ValueTask LockSlotsAsync() => default; // the whole database is this write's

    public ValueTask<int> CountRunningAsync() => new(tables.Running.Count);

    public ValueTask<IReadOnlyList<TaskRow>> ListReadyAsync(DateTimeOffset now, int limit) => new([.. tables.Ready
        .TakeWhile(entry => entry.ReadyAt <= now)
        .Take(limit)
        .Select(entry => tables.Tasks[entry.Id])]);

    private bool IsTaken(string owner, string namespaceName, string name) => tables.Names.ContainsKey((owner, namespaceName, name));

    private void Put(long id, TaskRow? before, TaskRow? after)
    {
        Replace(id, before, after);
        onUndo(() => Replace(id, after, before));
    }

    private void Replace(long id, TaskRow? before, TaskRow? after)
    {
        if (before is not null)
        {
            tables.Names.Remove((before.Task.Owner, before.Task.Namespace, before.Task.Name));
            tables.Running.Remove(id);
            if (before.ReadyAt is { } readyAt)
                tables.Ready.Remove((readyAt, id));
        }

        if (after is null)
        {
            tables.Tasks.Remove(id);
            return;
        }

        tables.Tasks[id] = after;
        if (after.Task.Status != TaskState.Delete)
            tables.Names[(after.Task.Owner, after.Task.Namespace, after.Task.Name)] = id;
        if (after.Task.Status.HoldsSlot())
            tables.Running.Add(id);
        if (after.ReadyAt is { } place)
            tables.Ready.Add((place, id));
    }
}
