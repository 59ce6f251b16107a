using Wegent.Events;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>Tasks in SQL.</summary>
internal sealed class SqlTaskStore(SqlDatabase database) : ITaskStore
{
    public ValueTask<TurnAccepted> CreateAsync(NewTask task, CancellationToken cancellationToken) =>
        database.WriteAsync(session => TaskWrites.CreateAsync(Rows(session), task, database.Now), cancellationToken);

    public ValueTask<TurnAccepted> AddTurnAsync(NewTurn turn, CancellationToken cancellationToken) =>
        database.WriteAsync(session => TaskWrites.AddTurnAsync(Rows(session), turn, database.Now), cancellationToken);

    public ValueTask<TaskMoved> MoveAsync(TaskMove move, CancellationToken cancellationToken) =>
        database.WriteAsync(session => TaskWrites.MoveAsync(Rows(session), move, database.Now), cancellationToken);

    public async ValueTask SetPreserveExecutorAsync(long taskId, bool preserve, CancellationToken cancellationToken) =>
        await database.WriteAsync(session => TaskWrites.SetPreserveExecutorAsync(Rows(session), taskId, preserve, database.Now), cancellationToken).ConfigureAwait(false);

    public async ValueTask<AgentTask?> FindAsync(long taskId, CancellationToken cancellationToken)
    {
        var row = await database.ReadAsync(session => Rows(session).ReadAsync(taskId), cancellationToken).ConfigureAwait(false);
        return row?.Task is { Status: not TaskState.Delete } task ? task : null;
    }

    public async ValueTask<AgentTask?> FindByNameAsync(string owner, string namespaceName, string name, CancellationToken cancellationToken) =>
        (await database.ReadAsync(session => Rows(session).FindByNameAsync(owner, namespaceName, name), cancellationToken).ConfigureAwait(false))?.Task;

    public async ValueTask<IReadOnlyList<AgentTask>> ListAsync(TaskQuery query, CancellationToken cancellationToken)
    {
        ResourceWrites.CheckLimit(query.Limit, nameof(query));
        var sql = TaskSql.ListTasks(query.Owner is not null, query.Status is not null, query.TeamName is not null, query.ChangedSince is not null);
        var values = new List<SqlArgument> { ("before", query.BeforeId ?? long.MaxValue), ("limit", query.Limit) };
        if (query.Owner is { } owner)
            values.Add(("owner", owner));
        if (query.Status is { } status)
            values.Add(("status", status.ToWire()));
        if (query.TeamName is { } team)
            values.Add(("team", team));
        if (query.ChangedSince is { } since)
            values.Add(("since", StoreTime.ToMicroseconds(since)));
        return await database.ReadAsync(
            session => session.QueryAsync(sql, row => TaskMapping.ListedTask(row, database.Specs), values.ToArray()),
            query.MayLag,
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<Subtask>> ListSubtasksAsync(long taskId, int afterMessageId, CancellationToken cancellationToken) =>
        await FindAsync(taskId, cancellationToken).ConfigureAwait(false) is null
            ? []
            : await database.ReadAsync(
                session => session.QueryAsync(TaskSql.ListSubtasks, TaskMapping.Subtask, ("task_id", taskId), ("after", afterMessageId)),
                cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<RecordedEvent>> ReadEventsAsync(long taskId, long afterSeq, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterSeq);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return await database.ReadAsync(
            session => session.QueryAsync(
                TaskSql.ReadEvents,
                row => new RecordedEvent(taskId, row.GetInt64(0), row.GetString(1), row.GetBytes(2), row.GetTime(3)),
                ("task_id", taskId),
                ("after", afterSeq),
                ("limit", limit)),
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<string?> FindArtifactAsync(long taskId, string name, CancellationToken cancellationToken) =>
        await FindAsync(taskId, cancellationToken).ConfigureAwait(false) is null
            ? null
            : await database.ReadAsync(
                session => session.FindAsync(TaskSql.FindArtifact, static row => row.GetString(0), ("task_id", taskId), ("name", name)),
                cancellationToken).ConfigureAwait(false);

    private SqlTaskRows Rows(SqlSession session) => new(session, database);
}
