using System.Globalization;
using Wegent.Resources;
using Wegent.Resources.Yaml;
using Wegent.Runtime.Agents;
using Wegent.Runtime.Security;
using Wegent.Storage;
using Wegent.Validation;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>Finds out what an apply comes to: reads, checks, and compares with what is stored. Writes nothing.</summary>
internal sealed class ResourceApplier(IResourceStore resources, AgentCatalog agents, DocumentSecrets secrets, PublicResources publicResources)
{
    private const string UnnamedInput = "(input)";
    private const int MaxSetName = 253;

    /// <summary>Reads documents and says what applying them means.</summary>
    /// <exception cref="InvalidResourcesException">They have errors.</exception>
    /// <exception cref="ConflictException">What is stored does not allow it.</exception>
    /// <exception cref="NotFoundException">Only a replacement was asked for, and there is nothing to replace.</exception>
    public async ValueTask<ChangeSet> PrepareAsync(string owner, string yaml, ApplyOptions options, CancellationToken cancellationToken)
    {
        CheckOptions(options);
        var set = ResourceReader.Read(yaml, options.FileName ?? UnnamedInput, new ReaderOptions
        {
            Strict = options.Strict,
            DefaultNamespace = options.Namespace,
            ShellTypes = [.. agents.ShellTypes.Union(ShellTypes.BuiltIn, StringComparer.Ordinal)],
            AllowLocalPaths = true, // which folders, the host's LocalRoots say when a task uses one
        });
        await publicResources.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var existing = await resources.FindAllAsync([.. ReferenceChecker.KeysToLookUp(set, owner).Where(IsStored)], cancellationToken).ConfigureAwait(false);
        var diagnostics = Check(set, owner, existing);
        if (diagnostics.Any(static finding => finding.Severity == DiagnosticSeverity.Error))
            throw new InvalidResourcesException(diagnostics);

        Resource[] documents = [.. set.Resources];
        if (documents.Length == 0)
            throw new WegentException("apply.empty", "The input holds no document. An apply takes at least one, so that an empty file does not prune a whole set.");
        var stored = await resources.FindAllAsync([.. documents.Select(document => document.KeyOf(owner))], cancellationToken).ConfigureAwait(false);
        var origin = await OriginOfAsync(owner, options, cancellationToken).ConfigureAwait(false);
        var changes = documents.Select(document => Compare(document, stored.GetValueOrDefault(document.KeyOf(owner)), owner, options, origin)).ToList();
        var guard = new ResourceGuard { MustExist = KeysThatMustExist(documents, changes, owner, existing, options.OwnedBy) };
        if (options.Prune is { } name)
        {
            var graph = await ResourceGraph.LoadAsync(resources, owner, cancellationToken).ConfigureAwait(false);
            changes.AddRange(Prune(graph, name, documents, changes));
            guard = guard with { StoreVersion = graph.Version };
        }

        return new ChangeSet(changes, diagnostics, guard);
    }

    private static void CheckOptions(ApplyOptions options)
    {
        if (options.Prune is { Length: 0 or > MaxSetName })
            throw new WegentException("apply.bad_set", $"The name of a set has 1 to {MaxSetName} characters.");
    }

    private static IReadOnlyList<Diagnostic> Check(ResourceSet set, string owner, IReadOnlyDictionary<ResourceKey, StoredResource> existing)
    {
        var missing = ReferenceChecker.Check(set, owner, existing.ToDictionary(static entry => entry.Key, static entry => ResourceJson.FromJson(entry.Key.Kind, entry.Value.Document)));
        Diagnostic[] tasks = [.. set.Documents.Where(static document => document.Resource is TaskResource).Select(TaskInApply)];
        return [.. set.Diagnostics.Concat(missing).Concat(tasks).OrderBy(static finding => finding.Line).ThenBy(static finding => finding.Column)];
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

    private async ValueTask<ResourceOrigin?> OriginOfAsync(string owner, ApplyOptions options, CancellationToken cancellationToken)
    {
        if (options.OwnedBy is not { } key)
            return options.Prune is null ? null : new ResourceOrigin { ApplySet = options.Prune };
        var parent = await resources.FindAsync(key with { Owner = owner }, cancellationToken).ConfigureAwait(false)
            ?? throw new NotFoundException("resource.not_found", $"{key} does not exist, so nothing can belong to it.");
        return new ResourceOrigin { ApplySet = options.Prune, OwnerReferences = [new OwnerReference { Kind = key.Kind, Name = key.Name, Uid = parent.Uid }] };
    }

    private PlannedChange Compare(Resource resource, StoredResource? stored, string owner, ApplyOptions options, ResourceOrigin? origin)
    {
        var key = resource.KeyOf(owner);
        switch (options.Mode)
        {
            case ApplyMode.Create when stored is not null:
                throw new ConflictException("resource.exists", $"{key} exists already, at version {stored.Version}. Replace or patch it, or choose another name.");
            case ApplyMode.Replace when stored is null:
                throw new NotFoundException("resource.not_found", $"{key} does not exist, so it cannot be replaced. Create it.");
        }

        if ((resource.Metadata.ResourceVersion ?? options.ExpectedVersion) is { } expected && expected != (stored?.Version ?? 0).ToString(CultureInfo.InvariantCulture))
            throw StaleVersion(key, stored, expected);

        var document = secrets.Protect(ResourceViews.ToStored(resource), stored?.Document, key.ToString());
        return stored switch
        {
            null => new PlannedChange(ApplyOperation.Created, key, Before: null, document) { Origin = origin },
            _ when ResourceViews.AreEqual(stored.Document, document) => new PlannedChange(ApplyOperation.Unchanged, key, stored, stored.Document),
            _ => new PlannedChange(ApplyOperation.Configured, key, stored, document),
        };
    }

    /// <summary>The error for a version that is not current any more.</summary>
    public static ConflictException StaleVersion(ResourceKey key, StoredResource? stored, string expected) => new("resource.conflict", stored is null
        ? $"{key} does not exist, or not any more; version {expected} was expected. Leave the version out to create it."
        : $"{key} is at version {stored.Version}, not {expected}. Read it again and retry.");

    // What is referred to and not written itself could go away between this look and the commit.
    private static HashSet<ResourceKey> KeysThatMustExist(Resource[] documents, List<PlannedChange> changes, string owner, IReadOnlyDictionary<ResourceKey, StoredResource> existing, ResourceKey? ownedBy)
    {
        var operations = changes.ToDictionary(static change => change.Key, static change => change.Operation);
        var keys = new HashSet<ResourceKey>();
        if (ownedBy is { } parent)
            keys.Add(parent with { Owner = owner });
        foreach (var document in documents.Where(document => operations[document.KeyOf(owner)] != ApplyOperation.Unchanged))
        {
            foreach (var candidates in ReferenceChecker.ReferencesOf(document, owner))
            {
                var target = candidates.First(key => operations.ContainsKey(key) || existing.ContainsKey(key)); // it was checked that there is one
                if (!operations.TryGetValue(target, out var operation) || operation == ApplyOperation.Unchanged)
                    keys.Add(target);
            }
        }

        return keys;
    }

    private static IEnumerable<PlannedChange> Prune(ResourceGraph graph, string set, Resource[] documents, List<PlannedChange> changes)
    {
        var kept = changes.Select(static change => change.Key).ToHashSet();
        for (var i = 0; i < changes.Count; i++)
            graph.Set(changes[i].Preview(), documents[i]);

        foreach (var doomed in graph.Doom(graph.InSet(set).Where(key => !kept.Contains(key)).ToList(), cascade: false))
        {
            if (kept.Contains(doomed.Key))
                throw new ConflictException("resource.in_use", $"{doomed.Key} is in the input, and belongs to a resource that the set '{set}' does not hold any more. Take one of them out, or keep both.");
            yield return new PlannedChange(ApplyOperation.Pruned, doomed.Key, doomed, Document: null);
        }
    }

    private static bool IsStored(ResourceKey key) => key.Kind != ResourceKinds.Task;
}
