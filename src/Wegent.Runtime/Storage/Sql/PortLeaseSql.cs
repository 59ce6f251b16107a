namespace Wegent.Runtime.Storage.Sql;

/// <summary>The SQL of port leases.</summary>
internal static class PortLeaseSql
{
    // primary key
    public const string List = "SELECT p.port, p.holder, p.leased_at FROM port_leases p WHERE p.engine = @engine ORDER BY p.port";

    /// <summary>Keeps other transactions from choosing a port until this one ends. Primary key.</summary>
    public const string Lock = "SELECT l.name FROM store_locks l WHERE l.name = 'ports' /*lock*/";

    public const string Insert = "INSERT INTO port_leases (engine, port, holder, leased_at) VALUES (@engine, @port, @holder, @leased_at)";

    // ux_port_leases_holder
    public const string Delete = "DELETE FROM port_leases WHERE engine = @engine AND holder = @holder";
}
