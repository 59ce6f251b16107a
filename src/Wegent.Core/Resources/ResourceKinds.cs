using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;

namespace Wegent.Resources;

/// <summary>One kind of resource: its name, its plural in addresses and table names, and its contract.</summary>
/// <param name="Name">As in YAML, such as <c>Ghost</c>.</param>
/// <param name="Plural">As in <c>/api/v1/ghosts</c>.</param>
/// <param name="Type">The record it binds to.</param>
public sealed record ResourceKind(string Name, string Plural, Type Type)
{
    /// <summary>The serializer's contract of <see cref="Type"/>: the one schema for YAML, API, storage and checks.</summary>
    public JsonTypeInfo Contract => ResourceJson.ContractOf(Type);

    /// <summary>The kind of a list of these in an API reply, such as <c>GhostList</c>.</summary>
    public string ListName => Name + "List";
}

/// <summary>The table of kinds. The only place that knows which kinds exist.</summary>
public static class ResourceKinds
{
    /// <summary>The one API version.</summary>
    public const string ApiVersion = "agent.wecode.io/v1";

    /// <summary>See <see cref="GhostResource"/>.</summary>
    public const string Ghost = "Ghost";

    /// <summary>See <see cref="ModelResource"/>.</summary>
    public const string Model = "Model";

    /// <summary>See <see cref="ShellResource"/>.</summary>
    public const string Shell = "Shell";

    /// <summary>See <see cref="BotResource"/>.</summary>
    public const string Bot = "Bot";

    /// <summary>See <see cref="TeamResource"/>.</summary>
    public const string Team = "Team";

    /// <summary>See <see cref="CollaborationResource"/>.</summary>
    public const string Collaboration = "Collaboration";

    /// <summary>See <see cref="WorkspaceResource"/>.</summary>
    public const string Workspace = "Workspace";

    /// <summary>See <see cref="TaskResource"/>.</summary>
    public const string Task = "Task";

    /// <summary>See <see cref="SkillResource"/>.</summary>
    public const string Skill = "Skill";

    /// <summary>Every kind; what is referred to stands before what refers to it.</summary>
    public static IReadOnlyList<ResourceKind> All { get; } =
    [
        new(Skill, "skills", typeof(SkillResource)),
        new(Ghost, "ghosts", typeof(GhostResource)),
        new(Model, "models", typeof(ModelResource)),
        new(Shell, "shells", typeof(ShellResource)),
        new(Bot, "bots", typeof(BotResource)),
        new(Collaboration, "collaborations", typeof(CollaborationResource)),
        new(Team, "teams", typeof(TeamResource)),
        new(Workspace, "workspaces", typeof(WorkspaceResource)),
        new(Task, "tasks", typeof(TaskResource)),
    ];

    private static readonly FrozenDictionary<string, ResourceKind> s_byName = All.ToFrozenDictionary(static kind => kind.Name, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, ResourceKind> s_byPlural = All.ToFrozenDictionary(static kind => kind.Plural, StringComparer.Ordinal);

    /// <summary>Finds a kind by its name, case included.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out ResourceKind? kind) => s_byName.TryGetValue(name, out kind);

    /// <summary>Finds a kind by its plural, case included.</summary>
    public static bool TryGetByPlural(string plural, [NotNullWhen(true)] out ResourceKind? kind) => s_byPlural.TryGetValue(plural, out kind);

    /// <summary>A kind by its name, case included.</summary>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static ResourceKind Get(string name) => s_byName.TryGetValue(name, out var kind)
        ? kind
        : throw new ArgumentException($"'{name}' is not a kind; the kinds are {string.Join(", ", All.Select(static k => k.Name))}", nameof(name));
}
