using Wegent.Resources;
using Wegent.Storage;
using Wegent.Validation;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>All resources of one user, with what each refers to and belongs to: what a deletion must know.</summary>
internal sealed class ResourceGraph
{
    private const int MaxNamed = 20;

    private readonly string _owner;
    private readonly Dictionary<ResourceKey, Node> _nodes = [];

    private ResourceGraph(string owner) => _owner = owner;

    /// <summary>The store's version when the reading began: as long as the store is at it, the graph is true.</summary>
    public long Version { get; private set; }

    /// <summary>Reads the resources of a user.</summary>
    public static async ValueTask<ResourceGraph> LoadAsync(IResourceStore resources, string owner, CancellationToken cancellationToken)
    {
        var graph = new ResourceGraph(owner);
        var isFirst = true;
        foreach (var kind in ResourceKinds.All.Where(static kind => kind.Name != ResourceKinds.Task))
        {
            ResourceKey? after = null;
            ResourcePage page;
            do
            {
                page = await resources.ListAsync(new ResourceQuery { Kind = kind.Name, Owner = owner, Limit = 1000, After = after }, cancellationToken).ConfigureAwait(false);
                if (isFirst)
                    graph.Version = page.Version;
                isFirst = false;
                foreach (var stored in page.Items)
                {
                    graph.Set(stored, ResourceJson.FromJson(kind.Name, stored.Document));
                    after = stored.Key;
                }
            }
            while (page.HasMore);
        }

        return graph;
    }

    /// <summary>What a set created and its input does not hold any more.</summary>
    public IEnumerable<ResourceKey> InSet(string set) => _nodes.Where(node => node.Value.Stored.Origin?.ApplySet == set).Select(static node => node.Key);

    /// <summary>Puts a resource in, or in the place of the one it replaces.</summary>
    public void Set(StoredResource stored, Resource resource) =>
        _nodes[stored.Key] = new Node(stored, ReferenceChecker.ReferencesOf(resource, _owner));

    /// <summary>What goes when some resources go: they, what belongs to them, and with <paramref name="cascade"/> what refers to any of that.</summary>
    /// <exception cref="ConflictException"><c>resource.in_use</c>: something that stays refers to something that goes.</exception>
    public IReadOnlyList<StoredResource> Doom(IEnumerable<ResourceKey> keys, bool cascade)
    {
        var doomed = keys.Where(_nodes.ContainsKey).ToHashSet();
        var uids = doomed.Select(key => _nodes[key].Stored.Uid).ToHashSet(StringComparer.Ordinal);
        int before;
        do
        {
            before = doomed.Count;
            foreach (var (key, node) in _nodes)
            {
                if (!doomed.Contains(key) && (node.BelongsTo(uids) || (cascade && TargetsOf(node).Any(doomed.Contains))))
                {
                    doomed.Add(key);
                    uids.Add(node.Stored.Uid);
                }
            }
        }
        while (doomed.Count > before);

        CheckUnused(doomed);
        return [.. _nodes.Where(node => doomed.Contains(node.Key)).Select(static node => node.Value.Stored)];
    }

    private void CheckUnused(HashSet<ResourceKey> doomed)
    {
        var uses = _nodes
            .Where(node => !doomed.Contains(node.Key))
            .SelectMany(node => TargetsOf(node.Value).Where(doomed.Contains).Distinct().Select(target => (Target: target, Referrer: node.Key)))
            .GroupBy(static use => use.Target, static use => use.Referrer)
            .ToList();
        if (uses.Count == 0)
            return;

        var said = uses.Take(MaxNamed).Select(static use => $"{use.Key} is used by {string.Join(", ", use.Take(MaxNamed))}{(use.Count() > MaxNamed ? $" and {use.Count() - MaxNamed} others" : "")}.");
        throw new ConflictException("resource.in_use", $"{string.Join(" ", said)} Delete that too, or delete with cascade=true, which also removes what refers to it.");
    }

    // A reference means the first candidate that is there; what shadows a public resource is what is meant.
    private IEnumerable<ResourceKey> TargetsOf(Node node)
    {
        foreach (var candidates in node.References)
        {
            foreach (var key in candidates)
            {
                if (_nodes.ContainsKey(key))
                {
                    yield return key;
                    break;
                }
            }
        }
    }

    private sealed record Node(StoredResource Stored, IReadOnlyList<IReadOnlyList<ResourceKey>> References)
    {
        public bool BelongsTo(HashSet<string> uids) => Stored.Origin?.OwnerReferences?.Any(owner => owner.Uid is { } uid && uids.Contains(uid)) == true;
    }
}
