using Wegent.Resources;
using Wegent.Resources.Yaml;

namespace Wegent.Validation;

/// <summary>
/// Checks that what documents refer to exists: among the documents themselves, in any order, or among what exists already; the user's
/// own first, then what is public.
/// </summary>
/// <remarks>Pure: ask <see cref="KeysToLookUp"/> which keys to fetch, fetch them in one go, and hand them to <see cref="Check"/>.</remarks>
public static class ReferenceChecker
{
    /// <summary>Misspelt names are compared with all others only so often; an input with more faults than this has another problem.</summary>
    private const int MaxSuggestions = 100;

    /// <summary>The keys that decide about the references of a set, in no order, none twice. Empty when the set refers only to itself.</summary>
    /// <param name="set">The documents.</param>
    /// <param name="owner">The user who applies them.</param>
    public static IReadOnlyCollection<ResourceKey> KeysToLookUp(ResourceSet set, string owner)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(owner);
        var declared = DeclaredKeys(set, owner);
        var keys = new HashSet<ResourceKey>();
        foreach (var reference in ReferencesOf(set))
        {
            foreach (var key in reference.Candidates(owner))
            {
                if (declared.ContainsKey(key))
                    break; // found in the set itself, before any later candidate
                keys.Add(key);
            }
        }
        return keys;
    }

    /// <summary>Checks every reference of a set, and that the set declares no resource twice.</summary>
    /// <param name="set">The documents.</param>
    /// <param name="owner">The user who applies them.</param>
    /// <param name="existing">Those of <see cref="KeysToLookUp"/> that exist. More does no harm.</param>
    /// <param name="missing">How much a reference weighs that leads nowhere: an error when it is applied, perhaps only a warning when a file is checked offline.</param>
    /// <returns>The findings, in the order of the documents.</returns>
    public static IReadOnlyList<Diagnostic> Check(
        ResourceSet set,
        string owner,
        IReadOnlyDictionary<ResourceKey, Resource> existing,
        DiagnosticSeverity missing = DiagnosticSeverity.Error)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(existing);

        var findings = new List<Diagnostic>();
        var declared = DeclaredKeys(set, owner);
        foreach (var document in set.Documents)
            CheckDeclaredOnce(document, owner, declared, findings);

        var suggestions = 0;
        foreach (var reference in ReferencesOf(set))
        {
            if (reference.Candidates(owner).Any(key => declared.ContainsKey(key) || existing.ContainsKey(key)))
                continue;
            var hint = suggestions++ < MaxSuggestions ? Hint(reference, declared.Keys, existing.Keys) : null;
            Report(findings, reference.Document, missing, DiagnosticCodes.NotFound, reference.Path, $"there is no {reference.Kind} {Suggestions.Quote(reference.Name)} in the namespace {Suggestions.Quote(reference.Namespace)}", hint);
        }

        foreach (var document in set.Documents)
        {
            if (document.Draft is BotResource bot)
                CheckModelFitsShell(document, bot, Find, findings);
            else if (document.Draft is TeamResource team)
                CheckParticipants(document, team, Find, findings);
        }
        return findings;

        Resource? Find(Reference reference)
        {
            foreach (var key in reference.Candidates(owner))
            {
                if (declared.TryGetValue(key, out var document))
                    return document.Draft;
                if (existing.TryGetValue(key, out var resource))
                    return resource;
            }
            return null;
        }
    }

    /// <summary>The keys that one resource refers to, in the order in which each is tried, one list a reference.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="owner">Its owner.</param>
    public static IReadOnlyList<IReadOnlyList<ResourceKey>> ReferencesOf(Resource resource, string owner)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(owner);
        return [.. ReferencesOf(null, resource).Select(reference => (IReadOnlyList<ResourceKey>)[.. reference.Candidates(owner)])];
    }

    private static Dictionary<ResourceKey, ResourceDocument> DeclaredKeys(ResourceSet set, string owner)
    {
        var declared = new Dictionary<ResourceKey, ResourceDocument>();
        foreach (var document in set.Documents)
        {
            if (document.Draft is { } draft)
                declared.TryAdd(draft.KeyOf(owner), document);
        }
        return declared;
    }

    private static void CheckDeclaredOnce(ResourceDocument document, string owner, Dictionary<ResourceKey, ResourceDocument> declared, List<Diagnostic> findings)
    {
        if (document.Draft is not { } draft || document.IsBroken("metadata.name"))
            return;
        var first = declared[draft.KeyOf(owner)];
        if (!ReferenceEquals(first, document))
        {
            var place = first.File == document.File ? $"on line {first.Position.Line}" : $"in {first.File}, line {first.Position.Line}";
            Report(findings, document, DiagnosticSeverity.Error, DiagnosticCodes.DeclaredTwice, "metadata.name", $"{draft.Kind} {Suggestions.Quote(draft.Metadata.Name)} is already declared {place}", "keep one of them");
        }
    }

    // A shell that lists what it supports takes models by their protocol, by their provider's name in modelConfig.env.model, or by their own name.
    private static void CheckModelFitsShell(ResourceDocument document, BotResource bot, Func<Reference, Resource?> find, List<Diagnostic> findings)
    {
        if (bot.Spec is not { ShellRef: { } shellRef, ModelRef: { } modelRef })
            return;
        if (find(Reference.Of(document, ResourceKinds.Shell, "spec.shellRef", shellRef)) is not ShellResource { Spec.SupportModel: { Count: > 0 } supported })
            return;
        if (find(Reference.Of(document, ResourceKinds.Model, "spec.modelRef", modelRef)) is not ModelResource model)
            return;
        string?[] names = [model.Spec.Protocol, model.Spec.ModelConfig.FindEnv("model"), model.Metadata.Name];
        var known = names.Where(static name => !string.IsNullOrEmpty(name)).ToList();
        var saysProtocol = known.Count > 1;
        if (saysProtocol && !known.Any(name => supported.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            Report(findings, document, DiagnosticSeverity.Error, DiagnosticCodes.ModelNotSupported, "spec.modelRef.name", $"the shell {Suggestions.Quote(shellRef.Name)} does not support the model {Suggestions.Quote(modelRef.Name)}", $"it supports: {string.Join(", ", supported)}");
        }
    }

    private static void CheckParticipants(ResourceDocument document, TeamResource team, Func<Reference, Resource?> find, List<Diagnostic> findings)
    {
        if (team.Spec.CollaborationRef is not { } collaborationRef)
            return;
        if (find(Reference.Of(document, ResourceKinds.Collaboration, "spec.collaborationRef", collaborationRef)) is not CollaborationResource { Spec.Config.Steps: { } steps })
            return;
        var members = team.Spec.Members.SelectMany(static member => new[] { member.Name, member.BotRef.Name }).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var step in steps)
        {
            foreach (var participant in step.Participants)
            {
                if (!members.Contains(participant))
                    Report(findings, document, DiagnosticSeverity.Error, DiagnosticCodes.NotAMember, "spec.members", $"the step {Suggestions.Quote(step.Name)} of the workflow needs {Suggestions.Quote(participant)}, who is not a member", Suggestions.DidYouMean(participant, members) ?? "add the member, or change the workflow");
            }
        }
    }

    private static string? Hint(Reference reference, IEnumerable<ResourceKey> declared, IEnumerable<ResourceKey> existing)
    {
        var sameKind = declared.Concat(existing).Where(key => key.Kind == reference.Kind).ToList();
        var elsewhere = sameKind.Find(key => key.Name == reference.Name);
        return elsewhere.Name is not null
            ? $"there is one in the namespace '{elsewhere.Namespace}'"
            : Suggestions.DidYouMean(reference.Name, sameKind.Where(key => key.Namespace == reference.Namespace).Select(static key => key.Name).Distinct(StringComparer.Ordinal));
    }

    private static void Report(List<Diagnostic> findings, ResourceDocument document, DiagnosticSeverity severity, string code, string path, string message, string? hint)
    {
        var at = document.Locate(path);
        findings.Add(new Diagnostic
        {
            Code = code,
            Severity = severity,
            Message = message,
            File = document.File,
            Line = at.Line,
            Column = at.Column,
            Path = path,
            Hint = hint,
        });
    }

    private static IEnumerable<Reference> ReferencesOf(ResourceSet set)
    {
        foreach (var document in set.Documents)
        {
            if (document.Draft is null)
                continue;
            foreach (var reference in ReferencesOf(document, document.Draft))
            {
                if (!document.IsBroken(reference.Path))
                    yield return reference;
            }
        }
    }

    private static IEnumerable<Reference> ReferencesOf(ResourceDocument? document, Resource resource)
    {
        switch (resource)
        {
            case GhostResource ghost:
                for (var i = 0; i < (ghost.Spec.Skills?.Count ?? 0); i++)
                {
                    var skill = ghost.Spec.Skills![i];
                    if (ghost.Spec.SkillRefs?.ContainsKey(skill) != true) // an id says more than a name
                        yield return new(document, ResourceKinds.Skill, $"spec.skills[{i}]", ghost.Metadata.Namespace, skill);
                }
                break;
            case ModelResource { Spec.SecondaryModelRef: { } second }:
                yield return Reference.Of(document, ResourceKinds.Model, "spec.secondaryModelRef", second);
                break;
            case ShellResource { Spec.BaseShellRef: { Length: > 0 } baseShell }:
                yield return new(document, ResourceKinds.Shell, "spec.baseShellRef", ObjectMeta.DefaultNamespace, baseShell);
                break;
            case BotResource bot:
                yield return Reference.Of(document, ResourceKinds.Ghost, "spec.ghostRef", bot.Spec.GhostRef);
                if (bot.Spec.ShellRef is not null)
                    yield return Reference.Of(document, ResourceKinds.Shell, "spec.shellRef", bot.Spec.ShellRef);
                if (bot.Spec.ModelRef is not null)
                    yield return Reference.Of(document, ResourceKinds.Model, "spec.modelRef", bot.Spec.ModelRef);
                if (bot.Spec.SecondaryModelRef is not null)
                    yield return Reference.Of(document, ResourceKinds.Model, "spec.secondaryModelRef", bot.Spec.SecondaryModelRef);
                break;
            case TeamResource team:
                for (var i = 0; i < team.Spec.Members.Count; i++)
                    yield return Reference.Of(document, ResourceKinds.Bot, $"spec.members[{i}].botRef", team.Spec.Members[i].BotRef);
                if (team.Spec.CollaborationRef is not null)
                    yield return Reference.Of(document, ResourceKinds.Collaboration, "spec.collaborationRef", team.Spec.CollaborationRef);
                break;
            case TaskResource task:
                if (task.Spec.TeamRef.UserId is null) // a team that somebody shared: its owner's, and looked up when the task is created
                    yield return Reference.Of(document, ResourceKinds.Team, "spec.teamRef", task.Spec.TeamRef);
                if (task.Spec.WorkspaceRef is not null)
                    yield return Reference.Of(document, ResourceKinds.Workspace, "spec.workspaceRef", task.Spec.WorkspaceRef);
                break;
        }
    }

    private sealed record Reference(ResourceDocument? Source, string Kind, string Path, string Namespace, string Name)
    {
        public ResourceDocument Document => Source!;

        public static Reference Of(ResourceDocument? document, string kind, string path, ResourceReference reference) =>
            new(document, kind, path + ".name", reference.Namespace, reference.Name);

        /// <summary>Where to look, in order: the user's own, then the public one; a skill also in the default namespace.</summary>
        public IEnumerable<ResourceKey> Candidates(string owner)
        {
            yield return new(owner, Namespace, Kind, Name);
            if (Kind == ResourceKinds.Skill && Namespace != ObjectMeta.DefaultNamespace)
                yield return new(owner, ObjectMeta.DefaultNamespace, Kind, Name);
            if (owner == ResourceKey.SystemOwner)
                yield break;
            yield return new(ResourceKey.SystemOwner, Namespace, Kind, Name);
            if (Namespace != ObjectMeta.DefaultNamespace)
                yield return new(ResourceKey.SystemOwner, ObjectMeta.DefaultNamespace, Kind, Name);
        }
    }
}
