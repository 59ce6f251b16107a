namespace Wegent.Storage;

/// <summary>Which sandbox has which host port: rows, so that no two hosts ever hand out one port twice. Implementations pass <c>PortLeaseStoreContract</c> of the TestKit.</summary>
public interface IPortLeaseStore
{
    /// <summary>Leases the lowest free port of a range to a sandbox; gives the same port again to a sandbox that has one, unless it is one to pass over now.</summary>
    /// <param name="engine">Name of the engine whose ports these are.</param>
    /// <param name="holder">Identifier of the sandbox.</param>
    /// <param name="min">First port of the range.</param>
    /// <param name="max">Last port of the range, inclusive.</param>
    /// <param name="except">Ports to pass over: a foreign program listens there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The port, or null when all are leased or excepted; then the sandbox has none.</returns>
    ValueTask<int?> LeaseAsync(string engine, string holder, int min, int max, IReadOnlyCollection<int> except, CancellationToken cancellationToken);

    /// <summary>Gives the port of a sandbox back; does nothing when it has none.</summary>
    ValueTask ReleaseAsync(string engine, string holder, CancellationToken cancellationToken);

    /// <summary>All leases of an engine.</summary>
    ValueTask<IReadOnlyList<PortLease>> ListAsync(string engine, CancellationToken cancellationToken);
}

/// <summary>A port that is leased.</summary>
/// <param name="Port">The port.</param>
/// <param name="Holder">The sandbox that has it.</param>
/// <param name="LeasedAt">Since when, UTC.</param>
public sealed record PortLease(int Port, string Holder, DateTimeOffset LeasedAt);
