using System.Data.Common;
using System.Text.Json;
using Wegent.Events;
using Wegent.Tasks;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>Rows of tasks in SQL, on one session: in the writer's transaction, or to read.</summary>
internal sealed class SqlTaskRows(SqlSession session, SqlDatabase database) : ITaskRows
{
    private static readonly (string Seq, string Name, string Data)[] s_eventNames =
        [.. Enumerable.Range(0, TaskSql.MaxEvents).Select(static i => ($"seq{i}", $"name{i}", $"data{i}"))];

    public ValueTask<TaskRow?> FindAsync(long taskId) => FindAsync(TaskSql.FindTaskToChange, taskId);

    /// <summary>Reads a task without keeping its row for a change.</summary>
    public ValueTask<TaskRow?> ReadAsync(long taskId) => FindAsync(TaskSql.FindTask, taskId);

    /// <summary>Reads a live task by name.</summary>
    public async ValueTask<TaskRow?> FindByNameAsync(string owner, string namespaceName, string name) => await CompleteAsync(await session.FindAsync(
        TaskSql.FindTaskByName, TaskMapping.Row, ("owner", owner), ("namespace", namespaceName), ("name", name)).ConfigureAwait(false)).ConfigureAwait(false);

    public async ValueTask<TaskRow> InsertAsync(TaskRow draft, string? name)
    {
        var task = draft.Task;
        var (id, chosen) = name is null
            ? await InsertUnnamedAsync(draft).ConfigureAwait(false)
            : (await InsertNamedAsync(draft, name).ConfigureAwait(false), name);
        await session.ExecuteAsync(
            TaskSql.InsertSpec,
            ("id", id),
            ("title", task.Title),
            ("prompt", task.Prompt),
            ("labels", TaskMapping.ToJson(task.Labels)),
            ("plan", task.Plan.ToJson())).ConfigureAwait(false);
        return draft with { Task = task with { Id = id, Name = chosen } };
    }

    public async ValueTask UpdateAsync(TaskRow before, TaskRow after)
    {
        var changed = await UpdateRowAsync(before, after).ConfigureAwait(false);
        if (changed != 1)
            throw new ConflictException("task.conflict", $"Task {before.Task.Id} was changed by another writer. Read it again and retry.");
    }

    public async ValueTask AppendAsync(long taskId, long firstSeq, IReadOnlyList<TaskEvent> events, DateTimeOffset at)
    {
        for (var first = 0; first < events.Count; first += TaskSql.MaxEvents)
        {
            var count = Math.Min(TaskSql.MaxEvents, events.Count - first);
            var arguments = new SqlArgument[2 + (3 * count)];
            arguments[0] = ("task_id", taskId);
            arguments[1] = ("created_at", StoreTime.ToMicroseconds(at));
            for (var i = 0; i < count; i++)
            {
                var taskEvent = events[first + i];
                var (seq, name, data) = s_eventNames[i];
                arguments[2 + (3 * i)] = (seq, firstSeq++);
                arguments[3 + (3 * i)] = (name, taskEvent.Name);
                arguments[4 + (3 * i)] = (data, RecordedEvent.Encode(taskEvent));
            }

            await session.ExecuteAsync(TaskSql.InsertEvents(count), arguments).ConfigureAwait(false);
        }
    }

    public ValueTask<Subtask?> FindSubtaskAsync(long taskId, long subtaskId) =>
        session.FindAsync(TaskSql.FindSubtask, TaskMapping.Subtask, ("id", subtaskId), ("task_id", taskId));

    public async ValueTask<IReadOnlyList<Subtask>> ListOpenRunsAsync(long taskId) =>
        await session.QueryAsync(TaskSql.ListOpenRuns, TaskMapping.Subtask, ("task_id", taskId)).ConfigureAwait(false);

    public async ValueTask<Subtask> InsertSubtaskAsync(Subtask draft)
    {
        var id = await session.InsertAsync(
            TaskSql.InsertSubtask,
            ("task_id", draft.TaskId),
            ("message_id", draft.MessageId),
            ("role", TaskMapping.ToWire(draft.Role)),
            ("member", draft.Member),
            ("bot_name", draft.BotName),
            ("sender", draft.Sender),
            ("status", draft.Status.ToWire()),
            ("created_at", StoreTime.ToMicroseconds(draft.CreatedAt)),
            ("completed_at", StoreTime.ToMicroseconds(draft.CompletedAt))).ConfigureAwait(false);
        await session.ExecuteAsync(TaskSql.InsertTexts, ("id", id), ("prompt", draft.Prompt)).ConfigureAwait(false);
        return draft with { Id = id };
    }

    public async ValueTask UpdateSubtaskAsync(Subtask before, Subtask after)
    {
        await session.ExecuteAsync(
            TaskSql.UpdateSubtask,
            ("status", after.Status.ToWire()),
            ("attempt", after.Attempt),
            ("covered_line", after.CoveredLine),
            ("session_id", after.SessionId),
            ("reason", TaskMapping.ToWire(after.Reason)),
            ("error_message", after.ErrorMessage),
            ("completed_at", StoreTime.ToMicroseconds(after.CompletedAt)),
            ("id", after.Id)).ConfigureAwait(false);
        if (!ReferenceEquals(before.Result, after.Result))
            await session.ExecuteAsync(TaskSql.UpdateResult, ("result", after.Result?.ToJson()), ("id", after.Id)).ConfigureAwait(false);
    }

    public async ValueTask SetArtifactAsync(long taskId, string name, string? content)
    {
        await session.ExecuteAsync(TaskSql.DeleteArtifact, ("task_id", taskId), ("name", name)).ConfigureAwait(false);
        if (content is not null)
            await session.ExecuteAsync(TaskSql.InsertArtifact, ("task_id", taskId), ("name", name), ("content", content)).ConfigureAwait(false);
    }

    public ValueTask<IdempotencyEntry?> FindKeyAsync(IdempotencyKey key, DateTimeOffset now) => session.FindAsync(
        TaskSql.FindKey,
        static row => new IdempotencyEntry(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetTime(3)),
        ("owner", key.Owner),
        ("scope", key.Scope),
        ("key", key.Key),
        ("now", StoreTime.ToMicroseconds(now)));

    public async ValueTask SaveKeyAsync(IdempotencyKey key, IdempotencyEntry entry, DateTimeOffset now)
    {
        await session.ExecuteAsync(TaskSql.DeleteExpiredKeys, ("now", StoreTime.ToMicroseconds(now))).ConfigureAwait(false);
        await session.ExecuteAsync(
            TaskSql.InsertKey,
            ("owner", key.Owner),
            ("scope", key.Scope),
            ("key", key.Key),
            ("digest", entry.Digest),
            ("task_id", entry.TaskId),
            ("subtask_id", entry.SubtaskId),
            ("expires_at", StoreTime.ToMicroseconds(entry.ExpiresAt))).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<TaskRow>> ListLostAsync(DateTimeOffset now, string? node, int limit) => await CompleteAsync(
        node is null
            ? await session.QueryAsync(TaskSql.ListLost, TaskMapping.Row, ("now", StoreTime.ToMicroseconds(now)), ("limit", limit)).ConfigureAwait(false)
            : await session.QueryAsync(TaskSql.ListLostOrOwn, TaskMapping.Row, ("now", StoreTime.ToMicroseconds(now)), ("node", node), ("limit", limit)).ConfigureAwait(false)).ConfigureAwait(false);

    public async ValueTask LockSlotsAsync() => await session.FindAsync(TaskSql.LockSlots, static _ => true).ConfigureAwait(false);

    public ValueTask<int> CountRunningAsync() => session.FindAsync(TaskSql.CountRunning, static row => row.GetInt32(0));

    public async ValueTask<IReadOnlyList<TaskRow>> ListReadyAsync(DateTimeOffset now, int limit) => await CompleteAsync(
        await session.QueryAsync(TaskSql.ListReady, TaskMapping.Row, ("now", StoreTime.ToMicroseconds(now)), ("limit", limit)).ConfigureAwait(false)).ConfigureAwait(false);

    private async ValueTask<TaskRow?> FindAsync(string sql, long taskId) =>
        await CompleteAsync(await session.FindAsync(sql, TaskMapping.Row, ("id", taskId)).ConfigureAwait(false)).ConfigureAwait(false);

    private async ValueTask<long> InsertNamedAsync(TaskRow draft, string name)
    {
        try
        {
            return await InsertTaskAsync(draft, name).ConfigureAwait(false);
        }
        catch (DbException error) when (database.Dialect.IsUniqueViolation(error))
        {
            throw TaskWrites.NameTaken(draft.Task.Namespace, name);
        }
    }

    private async ValueTask<(long Id, string Name)> InsertUnnamedAsync(TaskRow draft)
    {
        long id;
        try
        {
            id = await InsertTaskAsync(draft, null).ConfigureAwait(false);
            if (database.Dialect.NamesTasks)
                return (id, $"task-{id}");
        }
        catch (DbException error) when (database.Dialect.IsUniqueViolation(error))
        {
            // Someone chose the name that this one should have. No name that is chosen has a slash.
            id = await InsertTaskAsync(draft, $"new/{Guid.CreateVersion7(draft.Task.CreatedAt):N}").ConfigureAwait(false);
        }

        return (id, await NameAsync(id).ConfigureAwait(false));
    }

    private ValueTask<long> InsertTaskAsync(TaskRow draft, string? name) => session.InsertAsync(
        TaskSql.InsertTask,
        ("owner", draft.Task.Owner),
        ("namespace", draft.Task.Namespace),
        ("name", name),
        ("team_name", draft.Task.Plan.TeamName),
        ("ready_at", StoreTime.ToMicroseconds(draft.ReadyAt)),
        ("last_seq", draft.Task.LastSeq),
        ("last_message_id", draft.LastMessageId),
        ("created_at", StoreTime.ToMicroseconds(draft.Task.CreatedAt)));

    private async ValueTask<string> NameAsync(long id)
    {
        for (var i = 1; ; i++)
        {
            var name = i == 1 ? $"task-{id}" : $"task-{id}-{i}";
            try
            {
                await session.ExecuteAsync(TaskSql.NameTask, ("name", name), ("id", id)).ConfigureAwait(false);
                return name;
            }
            catch (DbException error) when (database.Dialect.IsUniqueViolation(error))
            {
                // someone chose it
            }
        }
    }

    private ValueTask<int> UpdateRowAsync(TaskRow before, TaskRow after)
    {
        var task = after.Task;
        var isStep = task.Status == before.Task.Status && task.Fence == before.Task.Fence && after.LeaseNode == before.LeaseNode && after.LeaseUntil == before.LeaseUntil;
        return isStep
            ? session.ExecuteAsync(
                TaskSql.StepTask,
                ("progress", task.Progress),
                ("last_seq", task.LastSeq),
                ("last_message_id", after.LastMessageId),
                ("preserve_executor", task.PreserveExecutor ? 1 : 0),
                ("updated_at", StoreTime.ToMicroseconds(task.UpdatedAt)),
                ("id", task.Id),
                ("old_status", before.Task.Status.ToWire()),
                ("old_fence", before.Task.Fence))
            : session.ExecuteAsync(
                task.Status == TaskState.Delete ? TaskSql.DeleteTask : TaskSql.MoveTask,
                ("status", task.Status.ToWire()),
                ("progress", task.Progress),
                ("reason", TaskMapping.ToWire(task.Reason)),
                ("error_message", task.ErrorMessage),
                ("attempt", task.Attempt),
                ("not_before", StoreTime.ToMicroseconds(task.NotBefore)),
                ("ready_at", StoreTime.ToMicroseconds(after.ReadyAt)),
                ("fence", task.Fence),
                ("lease_node", after.LeaseNode),
                ("lease_until", StoreTime.ToMicroseconds(after.LeaseUntil)),
                ("last_seq", task.LastSeq),
                ("last_message_id", after.LastMessageId),
                ("preserve_executor", task.PreserveExecutor ? 1 : 0),
                ("updated_at", StoreTime.ToMicroseconds(task.UpdatedAt)),
                ("completed_at", StoreTime.ToMicroseconds(task.CompletedAt)),
                ("id", task.Id),
                ("old_status", before.Task.Status.ToWire()),
                ("old_fence", before.Task.Fence));
    }

    private async ValueTask<List<TaskRow>> CompleteAsync(List<TaskRow> rows)
    {
        for (var i = 0; i < rows.Count; i++)
            rows[i] = (await CompleteAsync(rows[i]).ConfigureAwait(false))!; // it was not null
        return rows;
    }

    private async ValueTask<TaskRow?> CompleteAsync(TaskRow? row)
    {
        if (row is null)
            return null;

        var id = row.Task.Id;
        if (!database.Specs.TryGet(id, out var spec))
        {
            spec = await session.FindAsync(TaskSql.FindSpec, static row => TaskMapping.Spec(row, 0), ("id", id)).ConfigureAwait(false)
                ?? throw new JsonException($"Task {id} has no specification.");
            database.Specs.Set(id, spec);
        }

        return row with { Task = TaskMapping.With(row.Task, spec) };
    }
}
