using System.Globalization;
using Microsoft.Extensions.Logging;
using Wegent.Messaging;
using Wegent.Resources;
using Wegent.Resources.Yaml;
using Wegent.Runtime.Agents;
using Wegent.Runtime.Security;
using Wegent.Storage;
using Wegent.Validation;

namespace Wegent.Runtime.Application;

/// <summary>The resources of one user: reads, checks, and then writes all of it or nothing.</summary>
internal sealed class ResourceService(
    string owner,
    IResourceStore resources,
    AgentCatalog agents,
    DocumentSecrets secrets,
    IHintBus hints,
    ILogger<ResourceService> logger) : IResourceClient
{
    private const string UnnamedInput = "(input)";

    public async ValueTask<ApplyResult> ApplyAsync(string yaml, ApplyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        options ??= new ApplyOptions();

        var set = ResourceReader.Read(yaml, options.FileName ?? UnnamedInput, new ReaderOptions
        {
            Strict = options.Strict,
            DefaultNamespace = options.Namespace,
            ShellTypes = [.. agents.ShellTypes.Union(ShellTypes.BuiltIn, StringComparer.Ordinal)],
            AllowLocalPaths = true, // which folders, the host's LocalRoots say when a task uses one
        });
        var diagnostics = await CheckAsync(set, cancellationToken).ConfigureAwait(false);
        if (diagnostics.Any(finding => finding.Severity == DiagnosticSeverity.Error))
            throw new InvalidResourcesException(diagnostics);

        Resource[] documents = [.. set.Resources];
        var stored = await resources.FindAllAsync([.. documents.Select(document => document.KeyOf(owner))], cancellationToken).ConfigureAwait(false);
        AppliedDocument[] planned = [.. documents.Select(document => Plan(document, stored.GetValueOrDefault(document.KeyOf(owner))))];
        if (!options.DryRun)
            planned = await CommitAsync(planned, cancellationToken).ConfigureAwait(false);

        return new ApplyResult([.. planned.Select(document => new AppliedResource(document.Operation, ResourceViews.Of(document.Result)))], diagnostics);
    }

    public async ValueTask<ResourceView?> FindAsync(string kind, string name, string namespaceName = "default", CancellationToken cancellationToken = default)
    {
        var own = new ResourceKey(owner, namespaceName, kind, name);
        var stored = await resources.FindAsync(own, cancellationToken).ConfigureAwait(false)
            ?? await resources.FindAsync(own with { Owner = ResourceKey.SystemOwner }, cancellationToken).ConfigureAwait(false);
        return stored is null ? null : ResourceViews.Of(stored);
    }

    public async ValueTask<ResourceViewPage> ListAsync(string kind, ListOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ListOptions();
        var page = await resources.ListAsync(
            new ResourceQuery { Kind = kind, Owner = owner, Namespace = options.Namespace, Limit = options.Limit, After = ContinueToken.Read(options.Continue, owner, kind) },
            cancellationToken).ConfigureAwait(false);
        return new ResourceViewPage([.. page.Items.Select(ResourceViews.Of)], page.Version, page.HasMore ? ContinueToken.Write(page.Items[^1].Key) : null);
    }

    public async ValueTask<IReadOnlyList<DeletedResource>> DeleteAsync(IReadOnlyList<ResourceKey> keys, bool cascade = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ResourceKey[] wanted = [.. keys.Select(key => key with { Owner = owner }).Distinct()];
        var stored = await resources.FindAllAsync(wanted, cancellationToken).ConfigureAwait(false);

        var doomed = stored.Keys.ToHashSet();
        foreach (var (referrer, referred) in await ReferrersAsync(cancellationToken).ConfigureAwait(false))
        {
            // In the order of kinds, so that a referrer that goes takes its own referrers along.
            if (doomed.Contains(referrer.Key) || referred.FirstOrDefault(doomed.Contains) is not { Name: not null } target)
                continue;
            if (!cascade)
                throw new ConflictException("resource.in_use", $"{target} is used by {referrer.Key}. Delete that too, or delete with cascade=true, which also removes what refers to it.");
            doomed.Add(referrer.Key);
            stored = new Dictionary<ResourceKey, StoredResource>(stored) { [referrer.Key] = referrer };
        }

        if (stored.Count > 0)
        {
            await resources.CommitAsync([.. stored.Values.Select(resource => new ResourceChange(resource.Key, Document: null, resource.Version))], cancellationToken).ConfigureAwait(false);
            hints.Publish(HintTopics.Resources);
        }

        return [.. wanted.Union(stored.Keys).Select(key => new DeletedResource(key, stored.ContainsKey(key)))];
    }

    private async ValueTask<IReadOnlyList<Diagnostic>> CheckAsync(ResourceSet set, CancellationToken cancellationToken)
    {
        var existing = await resources.FindAllAsync([.. ReferenceChecker.KeysToLookUp(set, owner).Where(IsStored)], cancellationToken).ConfigureAwait(false);
        var missing = ReferenceChecker.Check(set, owner, existing.ToDictionary(entry => entry.Key, entry => ResourceJson.FromJson(entry.Key.Kind, entry.Value.Document)));
        Diagnostic[] tasks = [.. set.Documents.Where(document => document.Resource is TaskResource).Select(TaskInApply)];
        return [.. set.Diagnostics.Concat(missing).Concat(tasks).OrderBy(finding => finding.Line).ThenBy(finding => finding.Column)];
    }

    // A task is work that is begun, not a state that is kept: there is no applying it twice.
    private static Diagnostic TaskInApply(ResourceDocument document) => new()
    {
        Code = DiagnosticCodes.UnknownKind,
        Severity = DiagnosticSeverity.Error,
        Message = "a Task is not applied; it is submitted",
        File = document.File,
        Line = document.Position.Line,
        Column = document.Position.Column,
        Path = "kind",
        Hint = "POST it to /api/v1/tasks, or give its prompt to `run`",
    };

    private AppliedDocument Plan(Resource resource, StoredResource? stored)
    {
        var key = resource.KeyOf(owner);
        if (resource.Metadata.ResourceVersion is { } expected && expected != (stored?.Version ?? 0).ToString(CultureInfo.InvariantCulture))
            throw new ConflictException("resource.conflict", $"{key} is at version {stored?.Version ?? 0}, not {expected}. Read it again and retry.");

        var document = secrets.Protect(ResourceViews.ToStored(resource), stored?.Document, key.ToString());
        var operation = stored is null ? ApplyOperation.Created : ResourceViews.AreEqual(stored.Document, document) ? ApplyOperation.Unchanged : ApplyOperation.Configured;
        var preview = stored is null
            ? new StoredResource { Key = key, Uid = "", Version = 0, Generation = 1, Document = document, CreatedAt = default, UpdatedAt = default }
            : operation == ApplyOperation.Unchanged ? stored : stored with { Document = document };
        return new AppliedDocument(operation, preview, stored?.Version ?? 0);
    }

    private async ValueTask<AppliedDocument[]> CommitAsync(AppliedDocument[] planned, CancellationToken cancellationToken)
    {
        int[] changed = [.. Enumerable.Range(0, planned.Length).Where(i => planned[i].Operation != ApplyOperation.Unchanged)];
        if (changed.Length == 0)
            return planned;

        var written = await resources.CommitAsync([.. changed.Select(i => new ResourceChange(planned[i].Result.Key, planned[i].Result.Document, planned[i].ExpectedVersion))], cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < changed.Length; i++)
            planned[changed[i]] = planned[changed[i]] with { Result = written[i]! };

        hints.Publish(HintTopics.Resources);
        logger.Applied(planned.Length, owner, planned.Count(document => document.Operation == ApplyOperation.Created), planned.Count(document => document.Operation == ApplyOperation.Configured));
        return planned;
    }

    /// <summary>The user's resources with what each refers to, referred kinds before referring ones.</summary>
    private async ValueTask<IReadOnlyList<(StoredResource Resource, IReadOnlyList<ResourceKey> Referred)>> ReferrersAsync(CancellationToken cancellationToken)
    {
        var referrers = new List<(StoredResource, IReadOnlyList<ResourceKey>)>();
        foreach (var kind in ResourceKinds.All.Where(kind => kind.Name != ResourceKinds.Task))
        {
            ResourceKey? after = null;
            ResourcePage page;
            do
            {
                page = await resources.ListAsync(new ResourceQuery { Kind = kind.Name, Owner = owner, After = after }, cancellationToken).ConfigureAwait(false);
                foreach (var stored in page.Items)
                {
                    // Only the first candidate counts: what shadows a public resource is what is meant.
                    var referred = ReferenceChecker.ReferencesOf(ResourceJson.FromJson(kind.Name, stored.Document), owner).Select(candidates => candidates[0]);
                    referrers.Add((stored, [.. referred]));
                    after = stored.Key;
                }
            }
            while (page.HasMore);
        }

        return referrers;
    }

    private static bool IsStored(ResourceKey key) => key.Kind != ResourceKinds.Task;

    private sealed record AppliedDocument(ApplyOperation Operation, StoredResource Result, long ExpectedVersion);
}
