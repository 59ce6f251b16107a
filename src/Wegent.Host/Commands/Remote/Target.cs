using Wegent.Resources;

namespace Wegent.Hosting.Commands.Remote;

/// <summary>What a command is about: a kind and names, written as <c>team</c>, <c>team web</c>, <c>teams web api</c> or <c>team/web</c>.</summary>
internal sealed record Target(ResourceKind Kind, IReadOnlyList<string> Names)
{
    /// <exception cref="UsageException">It cannot be read.</exception>
    public static Target Parse(IReadOnlyList<string> words)
    {
        if (words[0].Split('/') is [var kind, var name] && name.Length > 0)
        {
            if (words.Skip(1).Any(word => !word.StartsWith(kind + "/", StringComparison.OrdinalIgnoreCase)))
                throw new UsageException($"After {words[0]} only further {kind}/NAME can follow.");
            return new Target(KindOf(kind), [name, .. words.Skip(1).Select(word => word[(kind.Length + 1)..])]);
        }

        return new Target(KindOf(words[0]), [.. words.Skip(1)]);
    }

    /// <summary>The same, with exactly one name.</summary>
    public static Target ParseOne(IReadOnlyList<string> words) =>
        Parse(words) is { Names.Count: 1 } one ? one : throw new UsageException("Name one resource, such as: team/web");

    /// <summary>Address of the list.</summary>
    /// <param name="namespaceName">The namespace; null for all.</param>
    public string ListPath(string? namespaceName) =>
        namespaceName is null ? $"/api/v1/{Kind.Plural}" : $"/api/v1/namespaces/{Uri.EscapeDataString(namespaceName)}/{Kind.Plural}";

    /// <summary>Address of one resource.</summary>
    public string Path(string name, string? namespaceName) =>
        $"/api/v1/namespaces/{Uri.EscapeDataString(namespaceName ?? ObjectMeta.DefaultNamespace)}/{Kind.Plural}/{Uri.EscapeDataString(name)}";

    private static ResourceKind KindOf(string word) =>
        ResourceKinds.All.FirstOrDefault(kind => kind.Name.Equals(word, StringComparison.OrdinalIgnoreCase) || kind.Plural.Equals(word, StringComparison.OrdinalIgnoreCase))
        ?? throw new UsageException($"There is no kind '{word}'; the kinds are {string.Join(", ", ResourceKinds.All.Select(static kind => kind.Plural))}.");
}
