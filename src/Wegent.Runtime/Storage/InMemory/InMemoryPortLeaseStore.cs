using Wegent.Storage;

namespace Wegent.Runtime.Storage.InMemory;

/// <summary>Port leases in memory: they hold between the sandboxes of this process only.</summary>
internal sealed class InMemoryPortLeaseStore(InMemoryDatabase database) : IPortLeaseStore
{
    public ValueTask<int?> LeaseAsync(string engine, string holder, int min, int max, IReadOnlyCollection<int> except, CancellationToken cancellationToken) => new(database.Write(
        () =>
        {
            var port = PortChoice.Choose(Leases(engine), holder, min, max, except);
            if (port is not { } chosen)
                database.Ports.Remove((engine, holder));
            else if (database.Ports.GetValueOrDefault((engine, holder))?.Port != chosen)
                database.Ports[(engine, holder)] = new(chosen, holder, database.Now);
            return port;
        },
        cancellationToken));

    public ValueTask ReleaseAsync(string engine, string holder, CancellationToken cancellationToken)
    {
        database.Write(() => database.Ports.Remove((engine, holder)), cancellationToken);
        return default;
    }

    public ValueTask<IReadOnlyList<PortLease>> ListAsync(string engine, CancellationToken cancellationToken) =>
        new(database.Read<IReadOnlyList<PortLease>>(() => Leases(engine), cancellationToken));

    private List<PortLease> Leases(string engine) =>
        [.. database.Ports.Where(entry => entry.Key.Engine == engine).Select(static entry => entry.Value).OrderBy(static lease => lease.Port)];
}
