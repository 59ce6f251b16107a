namespace Wegent.Runtime.Storage.Sql;

/// <summary>The SQL of port leases.</summary>
internal static class PortLeaseSql
{
    // primary key
    public const string List = "SELECT p.port, p.holder, p.leased_at FROM port_leases p WHERE p.engine = @engine ORDER BY p.port";

    // primary key
    public const string ListToChange = $"{List} /*lock*/";

    public const string Insert = "INSERT INTO port_leases (engine, port, holder, leased_at) VALUES (@engine, @port, @holder, @leased_at)";

    // ux_port_leases_holder
    public const string Delete = "DELETE FROM port_leases WHERE engine = @engine AND holder = @holder";
}
