using System.Collections.Frozen;

namespace Wegent.Resources;

/// <summary>The public resources that every installation has: one shell for each engine that comes with Wegent, named like its type, as upstream ships them.</summary>
public static class BuiltInResources
{
    /// <summary>All of them; owner <see cref="ResourceKey.SystemOwner"/>, namespace <c>default</c>.</summary>
    public static IReadOnlyList<Resource> All { get; } = [.. ShellTypes.BuiltIn.Select(ShellOf)];

    /// <summary>The same, by key.</summary>
    public static IReadOnlyDictionary<ResourceKey, Resource> ByKey { get; } = All.ToFrozenDictionary(static resource => resource.KeyOf(ResourceKey.SystemOwner));

    private static ShellResource ShellOf(string shellType) => new()
    {
        Metadata = new() { Name = shellType },
        Spec = new()
        {
            ShellType = shellType,
            RequiresWorkspace = shellType is ShellTypes.ClaudeCode or ShellTypes.Agno ? null : false,
        },
    };
}
