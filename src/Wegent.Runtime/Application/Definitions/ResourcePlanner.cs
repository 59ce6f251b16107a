using Wegent.Resources;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>Makes plans of applies, and finds out whether one still holds.</summary>
internal sealed class ResourcePlanner(ResourceApplier applier, ITaskStore tasks)
{
    private const int MaxTasks = 100;
    private const int PageLength = 200;

    private static readonly TaskState[] s_unfinished = [TaskState.Pending, TaskState.Running, TaskState.Cancelling, TaskState.PendingConfirmation];

    /// <summary>What an apply would do.</summary>
    public async ValueTask<ResourcePlan> PlanAsync(string owner, string yaml, ApplyOptions options, CancellationToken cancellationToken)
    {
        var set = await applier.PrepareAsync(owner, yaml, options, cancellationToken).ConfigureAwait(false);
        var plan = new ResourcePlan
        {
            Input = yaml,
            Namespace = options.Namespace,
            Strict = options.Strict,
            Prune = options.Prune,
            Steps = StepsOf(set),
            Tasks = await AffectedAsync(owner, set, cancellationToken).ConfigureAwait(false),
            Warnings = set.Diagnostics,
        };
        return plan with { Digest = plan.DigestOf() };
    }

    /// <summary>The changes of a plan, if they are still the same ones.</summary>
    /// <exception cref="WegentException"><c>plan.invalid</c>: it was changed since it was made.</exception>
    /// <exception cref="ConflictException"><c>plan.stale</c>: something moved.</exception>
    public async ValueTask<ChangeSet> PrepareAsync(string owner, ResourcePlan plan, CancellationToken cancellationToken)
    {
        if (plan.Digest != plan.DigestOf())
            throw new WegentException("plan.invalid", "The plan was changed since it was made. Make it anew, and do not edit it.");
        ChangeSet set;
        try
        {
            set = await applier.PrepareAsync(owner, plan.Input, new ApplyOptions { FileName = "(plan)", Namespace = plan.Namespace, Strict = plan.Strict, Prune = plan.Prune }, cancellationToken).ConfigureAwait(false);
        }
        catch (WegentException error) when (error is InvalidResourcesException or ConflictException)
        {
            throw Stale(error.Message); // it was in order when the plan was made
        }

        var steps = StepsOf(set);
        for (var i = 0; i < Math.Max(steps.Count, plan.Steps.Count); i++)
        {
            var planned = i < plan.Steps.Count ? plan.Steps[i].ToString() : "nothing";
            var present = i < steps.Count ? steps[i].ToString() : "nothing";
            if (planned != present)
                throw Stale($"Planned was: {planned}; now it would be: {present}.");
        }

        return set;
    }

    /// <summary>The error for a plan that does not hold any more.</summary>
    public static ConflictException Stale(string why) => new("plan.stale", $"Something moved since the plan was made, and nothing was written. {why} Make a new plan.");

    private static IReadOnlyList<PlannedStep> StepsOf(ChangeSet set) =>
        [.. set.Changes.Select(static change => new PlannedStep(change.Operation, change.Key.Kind, change.Key.Namespace, change.Key.Name, change.ExpectedVersion) { Changes = change.Changes })];

    private async ValueTask<IReadOnlyList<AffectedTask>> AffectedAsync(string owner, ChangeSet set, CancellationToken cancellationToken)
    {
        var moved = set.Changes
            .Where(static change => change.Operation is ApplyOperation.Configured or ApplyOperation.Pruned)
            .Select(static change => (change.Key.Kind, change.Key.Namespace, change.Key.Name))
            .ToHashSet();
        var affected = new List<AffectedTask>();
        if (moved.Count == 0)
            return affected;

        foreach (var state in s_unfinished)
        {
            // Everybody's, where what everybody uses changes.
            var query = new TaskQuery { Owner = owner == ResourceKey.SystemOwner ? null : owner, Status = state, Limit = PageLength };
            IReadOnlyList<AgentTask> page;
            do
            {
                page = await tasks.ListAsync(query, cancellationToken).ConfigureAwait(false);
                foreach (var task in page)
                {
                    string[] uses = [.. task.Plan.Revisions.Where(revision => moved.Contains((revision.Kind, revision.Namespace, revision.Name))).Select(static revision => $"{revision.Kind}/{revision.Namespace}/{revision.Name}")];
                    if (uses.Length > 0)
                        affected.Add(new AffectedTask(task.Id, task.Plan.TeamName, task.Status.ToWire(), uses));
                    if (affected.Count == MaxTasks)
                        return affected;
                    query = query with { BeforeId = task.Id };
                }
            }
            while (page.Count == PageLength);
        }

        return affected;
    }
}
