using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>The queue and the run log in SQL.</summary>
internal sealed class SqlRunStore(SqlDatabase database) : IRunStore
{
    private string? _storeId;

    public async ValueTask<string> GetStoreIdAsync(CancellationToken cancellationToken) => _storeId ??= (await database.ReadAsync(
        static session => session.FindAsync(TaskSql.FindStoreId, static row => row.GetString(0)),
        cancellationToken).ConfigureAwait(false))!; // written with the schema

    public ValueTask<IReadOnlyList<ClaimedTask>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken) =>
        database.WriteAsync(session => RunWrites.ClaimAsync(Rows(session), request, database.Now), cancellationToken);

    public ValueTask<AgentTask> RenewAsync(RunLease lease, DateTimeOffset until, CancellationToken cancellationToken) =>
        database.WriteAsync(session => RunWrites.RenewAsync(Rows(session), lease, until, database.Now), cancellationToken);

    public async ValueTask ReleaseAsync(RunLease lease, CancellationToken cancellationToken) =>
        await database.WriteAsync(session => RunWrites.ReleaseAsync(Rows(session), lease, database.Now), cancellationToken).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<Subtask>> AddSubtasksAsync(RunLease lease, IReadOnlyList<NewSubtask> subtasks, CancellationToken cancellationToken) =>
        database.WriteAsync(session => RunWrites.AddSubtasksAsync(Rows(session), lease, subtasks, database.Now), cancellationToken);

    public ValueTask<AgentTask> CommitAsync(RunLease lease, RunCommit commit, CancellationToken cancellationToken) =>
        database.WriteAsync(session => RunWrites.CommitAsync(Rows(session), lease, commit, database.Now), cancellationToken);

    public ValueTask<DateTimeOffset?> FindNextDueAsync(CancellationToken cancellationToken) => database.ReadAsync(
        session => session.FindAsync<DateTimeOffset?>(TaskSql.FindNextDue, static row => row.GetTime(0), ("now", StoreTime.ToMicroseconds(database.Now))),
        cancellationToken);

    private SqlTaskRows Rows(SqlSession session) => new(session, database);
}
