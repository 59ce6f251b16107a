using Wegent.Storage;

namespace Wegent.TestKit.Storage;

/// <summary>The stores of one database, as a contract suite gets them from the implementation under test.</summary>
/// <param name="Resources">Resources.</param>
/// <param name="Tasks">Tasks.</param>
/// <param name="Runs">Queue and run log.</param>
/// <param name="Ports">Port leases.</param>
/// <param name="Users">Users.</param>
/// <param name="Secrets">Secrets.</param>
public sealed record TestStores(IResourceStore Resources, ITaskStore Tasks, IRunStore Runs, IPortLeaseStore Ports, IUserStore Users, ISecretStore Secrets) : IAsyncDisposable
{
    /// <summary>What to do at the end of a test; null when there is nothing to clean up.</summary>
    public Func<ValueTask>? OnDispose { get; init; }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => OnDispose?.Invoke() ?? default;
}
