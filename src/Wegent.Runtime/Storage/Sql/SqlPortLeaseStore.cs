using Wegent.Storage;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>Port leases in SQL: they hold between all hosts of the database.</summary>
internal sealed class SqlPortLeaseStore(SqlDatabase database) : IPortLeaseStore
{
    public ValueTask<int?> LeaseAsync(string engine, string holder, int min, int max, IReadOnlyCollection<int> except, CancellationToken cancellationToken) => database.WriteAsync(
        async session =>
        {
            await session.FindAsync(PortLeaseSql.Lock, static _ => true).ConfigureAwait(false);
            var leases = await session.QueryAsync(PortLeaseSql.List, Map, ("engine", engine)).ConfigureAwait(false);
            var held = leases.Find(lease => lease.Holder == holder)?.Port;
            var port = PortChoice.Choose(leases, holder, min, max, except);
            if (port == held)
                return port;

            if (held is not null)
                await DeleteAsync(session, engine, holder).ConfigureAwait(false);
            if (port is { } chosen)
            {
                await session.ExecuteAsync(
                    PortLeaseSql.Insert,
                    ("engine", engine),
                    ("port", chosen),
                    ("holder", holder),
                    ("leased_at", StoreTime.ToMicroseconds(database.Now))).ConfigureAwait(false);
            }

            return port;
        },
        cancellationToken);

    public async ValueTask ReleaseAsync(string engine, string holder, CancellationToken cancellationToken) =>
        await database.WriteAsync(session => DeleteAsync(session, engine, holder), cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<PortLease>> ListAsync(string engine, CancellationToken cancellationToken) => await database.ReadAsync(
        session => session.QueryAsync(PortLeaseSql.List, Map, ("engine", engine)), cancellationToken).ConfigureAwait(false);

    private static ValueTask<int> DeleteAsync(SqlSession session, string engine, string holder) =>
        session.ExecuteAsync(PortLeaseSql.Delete, ("engine", engine), ("holder", holder));

    private static PortLease Map(SqlRow row) => new(row.GetInt32(0), row.GetString(1), row.GetTime(2));
}
