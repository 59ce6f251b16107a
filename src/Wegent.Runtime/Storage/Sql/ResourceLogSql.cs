using Wegent.Storage;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>The SQL of the log of changes to resources.</summary>
internal static class ResourceLogSql
{
    /// <summary>The newest version, and the one from which on the log is whole. Primary key.</summary>
    public const string FindState = "SELECT resource_version, log_oldest FROM store_info WHERE id = 1";

    /// <summary>The same, kept for this transaction. Primary key.</summary>
    public const string FindStateToChange = $"{FindState} /*lock*/";

    /// <summary>Primary key.</summary>
    public const string SetOldest = "UPDATE store_info SET log_oldest = @oldest WHERE id = 1";

    public const string Insert = "INSERT INTO resource_log (version, operation, kind, owner, namespace, name, uid, generation, created_at, updated_at, document, origin) VALUES (@version, @operation, @kind, @owner, @namespace, @name, @uid, @generation, @created_at, @updated_at, @document, @origin)";

    /// <summary>A page of the log. Primary key, whose order is that of the log.</summary>
    public const string Read = $"SELECT {Columns} FROM resource_log l WHERE l.version > @after ORDER BY l.version LIMIT @limit";

    /// <summary>The entries of one resource, newest first. ix_resource_log_uid.</summary>
    public const string ListRevisions = $"SELECT {Columns} FROM resource_log l /*use ix_resource_log_uid*/ WHERE l.uid = @uid ORDER BY l.version DESC LIMIT @limit";

    /// <summary>Whose entries a range of the log holds, as often as it holds them. Primary key.</summary>
    public const string ListUids = "SELECT l.uid FROM resource_log l WHERE l.version > @after AND l.version <= @up_to";

    /// <summary>What was done last to a resource. ix_resource_log_uid.</summary>
    public const string FindLastOperation = "SELECT l.operation FROM resource_log l /*use ix_resource_log_uid*/ WHERE l.uid = @uid ORDER BY l.version DESC LIMIT 1";

    /// <summary>The newest entry of a resource that is not among its newest so many. ix_resource_log_uid.</summary>
    public const string FindVersionPast = "SELECT l.version FROM resource_log l /*use ix_resource_log_uid*/ WHERE l.uid = @uid ORDER BY l.version DESC LIMIT 1 OFFSET @keep";

    /// <summary>ix_resource_log_uid.</summary>
    public const string Delete = "DELETE FROM resource_log WHERE uid = @uid AND version <= @up_to";

    private const string Columns = "l.version, l.operation, l.kind, l.owner, l.namespace, l.name, l.uid, l.generation, l.created_at, l.updated_at, l.document, l.origin";

    public static ValueTask<int> InsertAsync(SqlSession session, ResourceLogEntry entry)
    {
        var resource = entry.Resource;
        return session.ExecuteAsync(
            Insert,
            ("version", entry.Version),
            ("operation", WordOf(entry.Operation)),
            ("kind", resource.Key.Kind),
            ("owner", resource.Key.Owner),
            ("namespace", resource.Key.Namespace),
            ("name", resource.Key.Name),
            ("uid", resource.Uid),
            ("generation", resource.Generation),
            ("created_at", StoreTime.ToMicroseconds(resource.CreatedAt)),
            ("updated_at", StoreTime.ToMicroseconds(resource.UpdatedAt)),
            ("document", resource.Document),
            ("origin", OriginMapping.ToText(resource.Origin)));
    }

    public static ResourceLogEntry Map(SqlRow row) => new(OperationOf(row.GetString(1)), new StoredResource
    {
        Key = new(row.GetString(3), row.GetString(4), row.GetString(2), row.GetString(5)),
        Uid = row.GetString(6),
        Version = row.GetInt64(0),
        Generation = row.GetInt64(7),
        CreatedAt = row.GetTime(8),
        UpdatedAt = row.GetTime(9),
        Document = row.GetString(10),
        Origin = OriginMapping.FromText(row.FindString(11)),
    });

    public static ResourceOperation OperationOf(string word) => word switch
    {
        "ADDED" => ResourceOperation.Added,
        "MODIFIED" => ResourceOperation.Modified,
        _ => ResourceOperation.Deleted, // the table allows no other
    };

    private static string WordOf(ResourceOperation operation) => operation switch
    {
        ResourceOperation.Added => "ADDED",
        ResourceOperation.Modified => "MODIFIED",
        _ => "DELETED",
    };
}
