using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>What every resource says about itself.</summary>
public sealed record ObjectMeta
{
    /// <summary>The namespace of a resource that names none.</summary>
    public const string DefaultNamespace = "default";

    /// <summary>Unique for its kind within owner and namespace: ASCII letters of either case, digits, <c>-</c> and <c>.</c>, up to 253 characters, letter or digit at both ends.</summary>
    public required string Name { get; init; }

    /// <summary>A group of resources; a path such as <c>team-a/web</c> is allowed. Default <c>default</c>.</summary>
    [JsonConverter(typeof(CommonTextConverter))]
    public string Namespace { get; init => field = value ?? DefaultNamespace; } = DefaultNamespace;

    /// <summary>A name for people, free text. Null: show <see cref="Name"/>.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Short key/value pairs to select by. Null when none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Key/value pairs for tools; never selected by. Null when none.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Set by the server: identity of this incarnation; a deleted and recreated name gets another one.</summary>
    public string? Uid { get; init; }

    /// <summary>Set by the server: changes with every write. In an applied document it means "only if still at this version".</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Set by the server: counts changes of the spec.</summary>
    public long? Generation { get; init; }

    /// <summary>Set by the server, UTC.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>Set by the server, UTC: the last write of spec or metadata.</summary>
    public DateTimeOffset? UpdateTimestamp { get; init; }

    /// <summary>Set by the server: resources whose deletion deletes this one. Null when none.</summary>
    public IReadOnlyList<OwnerReference>? OwnerReferences { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
