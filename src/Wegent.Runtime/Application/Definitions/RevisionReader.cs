using System.Text.Json;
using Wegent.Resources;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>Reads resources as one user sees them, and remembers at which revision each was read.</summary>
internal sealed class RevisionReader(string owner, IResourceStore resources, PublicResources publicResources)
{
    private readonly Dictionary<ResourceKey, (Resource Resource, string Document)> _read = [];
    private readonly List<ResourceRevision> _revisions = [];

    /// <summary>What was read so far.</summary>
    public IReadOnlyList<ResourceRevision> Revisions => _revisions;

    /// <summary>The user's own resource of that name, else the public one there, else the public one of the default namespace.</summary>
    /// <exception cref="NotFoundException">There is neither.</exception>
    public async ValueTask<T> GetAsync<T>(ResourceReference reference, string kind, CancellationToken cancellationToken)
        where T : Resource
    {
        var own = reference.ToKey(owner, kind);
        if (_read.TryGetValue(own, out var known))
            return (T)known.Resource;

        await publicResources.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var stored = await resources.FindAsync(own, cancellationToken).ConfigureAwait(false)
            ?? await resources.FindAsync(own with { Owner = ResourceKey.SystemOwner }, cancellationToken).ConfigureAwait(false)
            ?? await resources.FindAsync(own with { Owner = ResourceKey.SystemOwner, Namespace = ObjectMeta.DefaultNamespace }, cancellationToken).ConfigureAwait(false)
            ?? throw new NotFoundException($"{JsonNamingPolicy.SnakeCaseLower.ConvertName(kind)}.not_found", $"{kind} '{reference.Name}' does not exist in namespace '{reference.Namespace}'. Apply it first, or check the name.");
        var resource = (T)ResourceJson.FromJson(kind, stored.Document);
        _read.Add(own, (resource, stored.Document));
        _revisions.Add(new ResourceRevision(kind, stored.Key.Namespace, stored.Key.Name, stored.Version));
        return resource;
    }

    /// <summary>A field of a read resource's spec as JSON text; null when it is absent.</summary>
    public string? RawSpecField(Resource resource, string field)
    {
        using var document = JsonDocument.Parse(_read[resource.KeyOf(owner)].Document);
        return document.RootElement.GetProperty("spec").TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetRawText() : null;
    }
}
