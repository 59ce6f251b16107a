using Wegent.Tasks;

namespace Wegent.Runtime.Storage;

/// <summary>A task as a store holds it: what everybody sees, and what only the queue needs.</summary>
internal sealed record TaskRow
{
    /// <summary>What everybody sees.</summary>
    public required AgentTask Task { get; init; }

    /// <summary>Who holds the lease; null when nobody does.</summary>
    public string? LeaseNode { get; init; }

    /// <summary>When the lease ends; null exactly when the task holds no slot. A lease that was given back ended at once.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>Its place in the queue: when it could first start. Null exactly when it does not wait.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>Number of its last message.</summary>
    public int LastMessageId { get; init; }

    /// <summary>Whether a lease is the one that counts now.</summary>
    public bool IsHeldBy(RunLease lease) =>
        Task.Status.HoldsSlot() && Task.Fence == lease.Fence && LeaseNode == lease.Node;
}
