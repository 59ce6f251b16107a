using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>The repository that tasks work in.</summary>
public sealed record WorkspaceResource : Resource<WorkspaceSpec, ResourceStatus>
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-90)]
    public override string Kind => ResourceKinds.Workspace;
}

/// <summary>Desired state of a <see cref="WorkspaceResource"/>.</summary>
public sealed record WorkspaceSpec
{
    /// <summary>Where the code comes from.</summary>
    public required WorkspaceRepository Repository { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>A git repository and the branch to start from.</summary>
public sealed record WorkspaceRepository
{
    /// <summary><c>https://…</c>, <c>ssh://…</c> or <c>user@host:path</c>; never with a credential in it. A local path or <c>file:</c> only below the operator's <c>Workspaces:LocalRoots</c>.</summary>
    public required string GitUrl { get; init; }

    /// <summary>Owner and name, such as <c>user/repo</c>. Null: read from <see cref="GitUrl"/>.</summary>
    public string? GitRepo { get; init; }

    /// <summary>The forge's own id of the repository. Null: unknown.</summary>
    public long? GitRepoId { get; init; }

    /// <summary>The branch to start from. Null: the repository's default branch.</summary>
    public string? BranchName { get; init; }

    /// <summary>Host of the forge, such as <c>github.com</c>. Null: read from <see cref="GitUrl"/>.</summary>
    public string? GitDomain { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
