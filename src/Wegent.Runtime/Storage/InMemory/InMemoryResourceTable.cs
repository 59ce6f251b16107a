using Wegent.Resources;
using Wegent.Storage;

namespace Wegent.Runtime.Storage.InMemory;

/// <summary>The live resources by key, and in the order of lists.</summary>
internal sealed class InMemoryResourceTable
{
    private readonly Dictionary<ResourceKey, StoredResource> _byKey = [];
    private readonly SortedSet<ResourceKey> _order = new(Comparer<ResourceKey>.Create(Compare));

    public StoredResource? Find(ResourceKey key) => _byKey.GetValueOrDefault(key);

    public void Set(ResourceKey key, StoredResource? resource)
    {
        if (resource is null)
        {
            _byKey.Remove(key);
            _order.Remove(key);
        }
        else
        {
            _byKey[key] = resource;
            _order.Add(key);
        }
    }

    /// <summary>Resources of one owner and kind from a place on, in order.</summary>
    public IEnumerable<StoredResource> From(ResourceQuery query)
    {
        var first = query.After ?? new ResourceKey(query.Owner, query.Namespace ?? "", query.Kind, "");
        if (_order.Count == 0 || Compare(first, _order.Max) > 0)
            yield break;

        foreach (var key in _order.GetViewBetween(first, _order.Max))
        {
            if (key.Owner != query.Owner || key.Kind != query.Kind || (query.Namespace is { } space && key.Namespace != space))
                yield break;
            if (key != query.After)
                yield return _byKey[key];
        }
    }

    private static int Compare(ResourceKey x, ResourceKey y)
    {
        var order = string.CompareOrdinal(x.Owner, y.Owner);
        if (order == 0)
            order = string.CompareOrdinal(x.Kind, y.Kind);
        if (order == 0)
            order = string.CompareOrdinal(x.Namespace, y.Namespace);
        return order == 0 ? string.CompareOrdinal(x.Name, y.Name) : order;
    }
}
