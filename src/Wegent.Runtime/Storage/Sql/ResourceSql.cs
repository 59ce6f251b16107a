using System.Collections.Frozen;
using Wegent.Resources;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>The SQL of one table of resources. All have one shape; the table's name, one of ours, is the only part that differs.</summary>
internal sealed class ResourceSql
{
    /// <summary>How many keys <see cref="FindMany"/> takes.</summary>
    public const int ManyCount = 8;

    /// <summary>The version of the newest write to any resource. Primary key.</summary>
    public const string FindVersion = "SELECT resource_version FROM store_info WHERE id = 1";

    /// <summary>The same, kept for this transaction. Primary key.</summary>
    public const string FindVersionToChange = $"{FindVersion} /*lock*/";

    /// <summary>Primary key.</summary>
    public const string SetVersion = "UPDATE store_info SET resource_version = @version WHERE id = 1";

    private const string Columns = "r.owner, r.namespace, r.name, r.uid, r.version, r.generation, r.created_at, r.updated_at, r.document, r.origin";

    private static readonly FrozenDictionary<string, ResourceSql> s_byKind = ResourceKinds.All
        .Where(static kind => kind.Name != ResourceKinds.Task)
        .ToFrozenDictionary(static kind => kind.Name, static kind => new ResourceSql(kind.Plural));

    private static readonly ResourceSql s_publicModels = new("public_models");

    private ResourceSql(string table)
    {
        const string key = "r.owner = @owner AND r.live = 1 AND r.namespace = @namespace AND r.name = @name";
        var index = $"/*use ux_{table}_key*/";
        Find = $"SELECT {Columns} FROM {table} r {index} WHERE {key}";
        FindToChange = $"{Find} /*lock*/";
        FindMany = string.Join(" UNION ALL ", Enumerable.Range(0, ManyCount).Select(i => $"SELECT {Columns} FROM {table} r {index} WHERE r.owner = @owner{i} AND r.live = 1 AND r.namespace = @namespace{i} AND r.name = @name{i}"));
        List = $"SELECT {Columns} FROM {table} r {index} WHERE r.owner = @owner AND r.live = 1 AND r.namespace > @after_namespace ORDER BY r.namespace, r.name LIMIT @limit";
        ListNamespace = $"SELECT {Columns} FROM {table} r {index} WHERE r.owner = @owner AND r.live = 1 AND r.namespace = @namespace AND r.name > @after_name ORDER BY r.name LIMIT @limit";
        Insert = $"INSERT INTO {table} (uid, owner, namespace, name, version, generation, created_at, updated_at, document, origin) VALUES (@uid, @owner, @namespace, @name, @version, @generation, @created_at, @created_at, @document, @origin)";
        Update = $"UPDATE {table} SET version = @version, generation = @generation, updated_at = @updated_at, document = @document WHERE uid = @uid AND version = @old_version AND live = 1";
        Delete = $"UPDATE {table} SET version = @version, updated_at = @updated_at, deleted_at = @updated_at WHERE uid = @uid AND version = @old_version AND live = 1";
    }

    /// <summary>One live resource. ux_TABLE_key.</summary>
    public string Find { get; }

    /// <summary>The same, kept for this transaction. ux_TABLE_key.</summary>
    public string FindToChange { get; }

    /// <summary>Several live resources. ux_TABLE_key.</summary>
    public string FindMany { get; }

    /// <summary>A page of the namespaces after one. ux_TABLE_key, whose order is that of the list.</summary>
    public string List { get; }

    /// <summary>A page of the names after one in a namespace. ux_TABLE_key, whose order is that of the list.</summary>
    public string ListNamespace { get; }

    public string Insert { get; }

    /// <summary>ux_TABLE_uid.</summary>
    public string Update { get; }

    /// <summary>ux_TABLE_uid.</summary>
    public string Delete { get; }

    /// <summary>The statements for resources of a kind and owner: public models have a table of their own.</summary>
    public static ResourceSql For(string kind, string owner) =>
        kind == ResourceKinds.Model && owner == ResourceKey.SystemOwner ? s_publicModels : s_byKind[kind];
}
