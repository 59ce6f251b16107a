using Wegent.Resources;
using Wegent.Runtime.Agents;
using Wegent.Storage;
using Wegent.Validation;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>
/// The observed state of resources: whether what they refer to is there, and whether an agent runs their shell type. Found out when
/// somebody looks, so that it is never out of date.
/// </summary>
internal sealed class ResourceStatuses(IResourceStore resources, AgentCatalog agents)
{
    private const string ReferencesResolved = "ReferencesResolved";
    private const string AgentRegistered = "AgentRegistered";

    /// <summary>The states of some resources, in their order.</summary>
    public async ValueTask<IReadOnlyList<ResourceStatus>> OfAsync(IReadOnlyList<StoredResource> items, CancellationToken cancellationToken)
    {
        var bound = items.Select(static item => (Item: item, Resource: ResourceJson.FromJson(item.Key.Kind, item.Document))).ToList();
        var references = bound.ConvertAll(static item => ReferenceChecker.ReferencesOf(item.Resource, item.Item.Key.Owner));
        var keys = references.SelectMany(static lists => lists.SelectMany(static candidates => candidates)).ToHashSet();
        var there = keys.Count == 0 ? new Dictionary<ResourceKey, StoredResource>() : await resources.FindAllAsync(keys, cancellationToken).ConfigureAwait(false);
        return [.. bound.Select((item, index) => Of(item.Item, item.Resource, references[index].FirstOrDefault(candidates => !candidates.Any(there.ContainsKey))?[0]))];
    }

    /// <summary>The state of a resource whose references are known to lead somewhere.</summary>
    public ResourceStatus OfResolved(StoredResource stored) => Of(stored, ResourceJson.FromJson(stored.Key.Kind, stored.Document), missing: null);

    private ResourceStatus Of(StoredResource stored, Resource resource, ResourceKey? missing)
    {
        var conditions = new List<ResourceCondition>
        {
            missing is { } key
                ? Condition(stored, ReferencesResolved, "False", "NotFound", $"There is no {key.Kind} '{key.Name}' in namespace '{key.Namespace}', neither your own nor a public one.")
                : Condition(stored, ReferencesResolved, "True", "Resolved", null),
        };
        if (resource is ShellResource { Spec.ShellType: var shellType })
        {
            conditions.Add(agents.ShellTypes.Contains(shellType, StringComparer.OrdinalIgnoreCase)
                ? Condition(stored, AgentRegistered, "True", "Registered", null)
                : Condition(stored, AgentRegistered, "False", "NotRegistered", $"No agent of this host runs shellType '{shellType}'; it runs {string.Join(", ", agents.ShellTypes)}."));
        }

        var fault = conditions.Find(static condition => condition.Status == "False");
        return new ResourceStatus
        {
            State = fault is null ? ResourceStatus.Available : ResourceStatus.Unavailable,
            Message = fault?.Message,
            ObservedGeneration = stored.Generation,
            Conditions = conditions,
        };
    }

    // When something that is referred to came or went is not known; what holds has held since the last write at the latest.
    private static ResourceCondition Condition(StoredResource stored, string type, string status, string reason, string? message) => new()
    {
        Type = type,
        Status = status,
        Reason = reason,
        Message = message,
        LastTransitionTime = status == "True" ? stored.UpdatedAt : null,
        ObservedGeneration = stored.Generation,
    };
}
