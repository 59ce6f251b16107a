using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Runtime.Storage.InMemory;

/// <summary>The queue and the run log in memory.</summary>
internal sealed class InMemoryRunStore(InMemoryDatabase database) : IRunStore
{
    public ValueTask<string> GetStoreIdAsync(CancellationToken cancellationToken) => new(database.StoreId);

    public ValueTask<IReadOnlyList<ClaimedTask>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken) =>
        database.WriteTasksAsync((rows, now) => RunWrites.ClaimAsync(rows, request, now), cancellationToken);

    public ValueTask<AgentTask> RenewAsync(RunLease lease, DateTimeOffset until, CancellationToken cancellationToken) =>
        database.WriteTasksAsync((rows, now) => RunWrites.RenewAsync(rows, lease, until, now), cancellationToken);

    public async ValueTask ReleaseAsync(RunLease lease, CancellationToken cancellationToken) =>
        await database.WriteTasksAsync((rows, now) => RunWrites.ReleaseAsync(rows, lease, now), cancellationToken).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<Subtask>> AddSubtasksAsync(RunLease lease, IReadOnlyList<NewSubtask> subtasks, CancellationToken cancellationToken) =>
        database.WriteTasksAsync((rows, now) => RunWrites.AddSubtasksAsync(rows, lease, subtasks, now), cancellationToken);

    public ValueTask<AgentTask> CommitAsync(RunLease lease, RunCommit commit, CancellationToken cancellationToken) =>
        database.WriteTasksAsync((rows, now) => RunWrites.CommitAsync(rows, lease, commit, now), cancellationToken);

    public ValueTask<DateTimeOffset?> FindNextDueAsync(CancellationToken cancellationToken) => new(database.Read<DateTimeOffset?>(
        () =>
        {
            var ready = database.Tasks.Ready;
            var now = database.Now;
            foreach (var (readyAt, _) in ready.GetViewBetween((now, long.MaxValue), (DateTimeOffset.MaxValue, long.MaxValue)))
                return readyAt;
            return null;
        },
        cancellationToken));
}
