using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>A runtime environment: which engine runs the agent, and in which image.</summary>
public sealed record ShellResource : Resource<ShellSpec, ResourceStatus>
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-90)]
    public override string Kind => ResourceKinds.Shell;
}

/// <summary>Desired state of a <see cref="ShellResource"/>.</summary>
public sealed record ShellSpec
{
    /// <summary>The engine: one of <see cref="ShellTypes.BuiltIn"/> or a name that an embedder registered. YAML may also call this field <c>runtime</c>, as older files do.</summary>
    public required string ShellType { get; init; }

    /// <summary>Protocols or model names the shell works with, such as <c>claude</c>. Null or empty: any.</summary>
    public IReadOnlyList<string>? SupportModel { get; init; }

    /// <summary>Container image of the engine. Null: the runtime's configured executor image.</summary>
    public string? BaseImage { get; init; }

    /// <summary>Name of the public shell that this one derives from. Null when it stands alone.</summary>
    public string? BaseShellRef { get; init; }

    /// <summary>Whether a task needs a repository. Null: true for ClaudeCode and Agno, false for the others.</summary>
    public bool? RequiresWorkspace { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
