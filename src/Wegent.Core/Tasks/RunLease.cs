namespace Wegent.Tasks;

/// <summary>The right to run a task for a while. Every write of a run carries it; whoever lost it cannot commit.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Node">Who holds it.</param>
/// <param name="Fence">Number of the claim; grows with each.</param>
/// <param name="Until">When it ends unless renewed, UTC.</param>
public sealed record RunLease(long TaskId, string Node, long Fence, DateTimeOffset Until);

/// <summary>The lease is in other hands, or the task has moved on: what the holder does is no longer wanted. Nothing was written.</summary>
/// <param name="lease">The lease that no longer counts.</param>
public sealed class LeaseLostException(RunLease lease)
    : WegentException("task.lease_lost", $"The lease of task {lease?.TaskId} (claim {lease?.Fence}, node {lease?.Node}) no longer counts: another node runs the task, or it has ended.")
{
    /// <summary>The lease that no longer counts.</summary>
    public RunLease Lease { get; } = lease!;
}
