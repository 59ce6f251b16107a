using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>A capability that a ghost can take on: a prompt, files and tools.</summary>
public sealed record SkillResource : Resource<SkillSpec, SkillStatus>
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-90)]
    public override string Kind => ResourceKinds.Skill;
}

/// <summary>Desired state of a <see cref="SkillResource"/>.</summary>
public sealed record SkillSpec
{
    /// <summary>When to use the skill, as its <c>SKILL.md</c> says.</summary>
    public required string Description { get; init; }

    /// <summary>A name for people. Null: the resource's name.</summary>
    public string? DisplayName { get; init; }

    /// <summary>The skill's text, the body of <c>SKILL.md</c>.</summary>
    public string? Prompt { get; init; }

    /// <summary>Version text, such as <c>1.0</c>.</summary>
    public string? Version { get; init; }

    /// <summary>Who wrote it.</summary>
    public string? Author { get; init; }

    /// <summary>Words to find it by. Null when none.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Shell types the skill works in. Null or empty: available nowhere.</summary>
    public IReadOnlyList<string>? BindShells { get; init; }

    /// <summary>Settings for all tools of the skill, as they stand. Null when none.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Config { get; init; }

    /// <summary>Tools that come with the skill. Null when none.</summary>
    public IReadOnlyList<SkillTool>? Tools { get; init; }

    /// <summary>Upstream's loader of the tools. Null when none.</summary>
    public SkillProvider? Provider { get; init; }

    /// <summary>MCP servers by name, connected while the skill is in use. Null when none.</summary>
    public IReadOnlyDictionary<string, McpServer>? McpServers { get; init; }

    /// <summary>Whether lists show the skill. Null: true.</summary>
    public bool? Visible { get; init; }

    /// <summary>Where the skill came from. Null: uploaded.</summary>
    public SkillSource? Source { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>A tool of a skill.</summary>
public sealed record SkillTool
{
    /// <summary>Name of the tool.</summary>
    public required string Name { get; init; }

    /// <summary>Name of what provides it.</summary>
    public required string Provider { get; init; }

    /// <summary>Settings of this tool, as they stand; they win over the skill's. Null when none.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Config { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>Upstream's loader of a skill's tools, kept for the round trip; nothing of it is ever loaded here.</summary>
public sealed record SkillProvider
{
    /// <summary>Module name. Default <c>provider</c>.</summary>
    public string Module { get; init => field = value ?? "provider"; } = "provider";

    /// <summary>Class name.</summary>
    public required string Class { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>Where a skill came from.</summary>
public sealed record SkillSource
{
    /// <summary><c>upload</c> (default) or <c>git</c>.</summary>
    public string Type { get; init => field = value ?? "upload"; } = "upload";

    /// <summary>The repository, for <c>git</c>.</summary>
    [JsonPropertyName("repo_url")]
    public string? RepoUrl { get; init; }

    /// <summary>The folder in the repository, for <c>git</c>.</summary>
    [JsonPropertyName("skill_path")]
    public string? SkillPath { get; init; }

    /// <summary>When it was imported, ISO 8601 text as upstream stores it.</summary>
    [JsonPropertyName("imported_at")]
    public string? ImportedAt { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>Observed state of a <see cref="SkillResource"/>.</summary>
public sealed record SkillStatus : ResourceStatus
{
    /// <summary>Size of the package in bytes.</summary>
    public long? FileSize { get; init; }

    /// <summary>SHA-256 of the package, in hex.</summary>
    public string? FileHash { get; init; }
}
