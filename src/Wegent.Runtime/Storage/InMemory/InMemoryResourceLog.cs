using Wegent.Storage;

namespace Wegent.Runtime.Storage.InMemory;

/// <summary>The log of changes to resources: by version, and by resource.</summary>
internal sealed class InMemoryResourceLog
{
    private readonly SortedList<long, ResourceLogEntry> _entries = []; // versions only grow, so adding is appending
    private readonly Dictionary<string, List<long>> _byUid = new(StringComparer.Ordinal);

    /// <summary>The version from which on the log is whole.</summary>
    public long Oldest { get; private set; }

    public void Add(ResourceLogEntry entry)
    {
        _entries.Add(entry.Version, entry);
        if (!_byUid.TryGetValue(entry.Resource.Uid, out var versions))
            _byUid[entry.Resource.Uid] = versions = [];
        versions.Add(entry.Version);
    }

    /// <summary>Entries after a version, in order.</summary>
    public IEnumerable<ResourceLogEntry> After(long version)
    {
        for (var i = IndexAfter(version); i < _entries.Count; i++)
            yield return _entries.GetValueAtIndex(i);
    }

    /// <summary>Entries of one resource, newest first.</summary>
    public IEnumerable<ResourceLogEntry> Of(string uid) =>
        _byUid.TryGetValue(uid, out var versions) ? versions.AsEnumerable().Reverse().Select(version => _entries[version]) : [];

    /// <summary>Takes entries back that were added after a version.</summary>
    public void RemoveAfter(long version)
    {
        while (_entries.Count > 0 && _entries.GetKeyAtIndex(_entries.Count - 1) > version)
            Remove(_entries.GetKeyAtIndex(_entries.Count - 1));
    }

    /// <summary>Forgets entries up to a version that are not among the newest of a live resource.</summary>
    public int Trim(long upTo, int keepRevisions)
    {
        if (upTo <= Oldest)
            return 0;
        var removed = 0;
        foreach (var uid in After(Oldest).TakeWhile(entry => entry.Version <= upTo).Select(static entry => entry.Resource.Uid).Distinct().ToList())
        {
            var versions = _byUid[uid];
            var kept = _entries[versions[^1]].Operation == ResourceOperation.Deleted ? 0 : keepRevisions;
            foreach (var version in versions.Take(versions.Count - kept).Where(version => version <= upTo).ToList())
            {
                Remove(version);
                removed++;
            }
        }

        Oldest = upTo;
        return removed;
    }

    private int IndexAfter(long version)
    {
        var (low, high) = (0, _entries.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_entries.GetKeyAtIndex(middle) <= version)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private void Remove(long version)
    {
        var uid = _entries[version].Resource.Uid;
        _entries.Remove(version);
        var versions = _byUid[uid];
        versions.Remove(version);
        if (versions.Count == 0)
            _byUid.Remove(uid);
    }
}
