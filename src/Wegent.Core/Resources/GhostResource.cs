using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>A personality: the system prompt, the tools and the skills of a bot.</summary>
public sealed record GhostResource : Resource<GhostSpec, ResourceStatus>
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-90)]
    public override string Kind => ResourceKinds.Ghost;
}

/// <summary>Desired state of a <see cref="GhostResource"/>.</summary>
public sealed record GhostSpec
{
    /// <summary>What the agent is told before anything else.</summary>
    public required string SystemPrompt { get; init; }

    /// <summary>MCP servers by name. Null when none.</summary>
    public IReadOnlyDictionary<string, McpServer>? McpServers { get; init; }

    /// <summary>Names of skills the bot may use. Null when none.</summary>
    public IReadOnlyList<string>? Skills { get; init; }

    /// <summary>The skills whose prompts are given at once; a subset of <see cref="Skills"/>. Null when none.</summary>
    [JsonPropertyName("preload_skills")]
    public IReadOnlyList<string>? PreloadSkills { get; init; }

    /// <summary>Which skill exactly a name in <see cref="Skills"/> means, by skill name. Null: resolve by name.</summary>
    [JsonPropertyName("skill_refs")]
    public IReadOnlyDictionary<string, SkillIdentity>? SkillRefs { get; init; }

    /// <summary>The same for <see cref="PreloadSkills"/>.</summary>
    [JsonPropertyName("preload_skill_refs")]
    public IReadOnlyDictionary<string, SkillIdentity>? PreloadSkillRefs { get; init; }

    /// <summary>Knowledge bases that every task with this ghost starts with. Null when none.</summary>
    public IReadOnlyList<KnowledgeBaseDefaultRef>? DefaultKnowledgeBaseRefs { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>Names one skill beyond doubt, where several share a name.</summary>
public sealed record SkillIdentity
{
    /// <summary>The skill's id.</summary>
    [JsonPropertyName("skill_id")]
    public required long SkillId { get; init; }

    /// <summary>The skill's namespace. Default <c>default</c>.</summary>
    [JsonConverter(typeof(CommonTextConverter))]
    public string Namespace { get; init => field = value ?? ObjectMeta.DefaultNamespace; } = ObjectMeta.DefaultNamespace;

    /// <summary>Whether the skill is a public one.</summary>
    [JsonPropertyName("is_public")]
    public bool IsPublic { get; init; }

    /// <summary>SHA-256 of the skill's package, with the prefix <c>sha256:</c>. Null when not pinned.</summary>
    [JsonPropertyName("content_hash")]
    public string? ContentHash { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>A knowledge base bound to a ghost.</summary>
public sealed record KnowledgeBaseDefaultRef
{
    /// <summary>The knowledge base's id.</summary>
    public required long Id { get; init; }

    /// <summary>Its name, for display.</summary>
    public required string Name { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
