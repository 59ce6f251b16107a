using System.Text.Json;
using Wegent.Events;
using Wegent.Sandboxes;

namespace Wegent.Tasks;

/// <summary>What a task froze when it was accepted, so that a later apply changes no task under way.</summary>
/// <remarks>Holds no secret in the clear: model settings keep their references and stored (encrypted) values until a run starts.</remarks>
public sealed record ExecutionPlan
{
    /// <summary>Namespace of the team.</summary>
    public required string TeamNamespace { get; init; }

    /// <summary>Name of the team.</summary>
    public required string TeamName { get; init; }

    /// <summary><c>solo</c>, <c>pipeline</c>, <c>route</c>, <c>coordinate</c> or <c>collaborate</c>.</summary>
    public required string CollaborationModel { get; init; }

    /// <summary>The members, in the team's order; at least one.</summary>
    public required IReadOnlyList<PlannedMember> Members { get; init; }

    /// <summary>The workspace that all sandboxed members share; null when the task has none.</summary>
    public WorkspaceSource? Workspace { get; init; }

    /// <summary>Rounds at most, where members talk in rounds.</summary>
    public int MaxRounds { get; init; } = 4;

    /// <summary>Which revision of each resource the plan was made from.</summary>
    public IReadOnlyList<ResourceRevision> Revisions { get; init; } = [];

    /// <summary>The plan as a store keeps it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, TaskEventJson.Readable.ExecutionPlan);

    /// <summary>Reads a plan back from a store.</summary>
    /// <exception cref="JsonException">It was not written by <see cref="ToJson"/>.</exception>
    public static ExecutionPlan FromJson(string json) =>
        JsonSerializer.Deserialize(json, TaskEventJson.Default.ExecutionPlan) ?? throw new JsonException("An execution plan is an object.");
}

/// <summary>One member of a team, resolved: bot, ghost, shell and model in one place.</summary>
public sealed record PlannedMember
{
    /// <summary>Name of the bot.</summary>
    public required string BotName { get; init; }

    /// <summary>Its name within the team; null means the bot's name.</summary>
    public string? Name { get; init; }

    /// <summary>Which agent runs it, such as <c>ClaudeCode</c>.</summary>
    public required string ShellType { get; init; }

    /// <summary><c>leader</c>, another role, or null.</summary>
    public string? Role { get; init; }

    /// <summary>What it is good at, for the leader to read; null when nothing is said.</summary>
    public string? Capability { get; init; }

    /// <summary>The ghost's prompt, then the member's prompt.</summary>
    public required string SystemPrompt { get; init; }

    /// <summary>Whether a person confirms this stage of a pipeline.</summary>
    public bool RequireConfirmation { get; init; }

    /// <summary><c>none</c>, <c>original_user</c>, <c>previous_bot</c> or <c>original_and_previous</c>; null means the default of the model.</summary>
    public string? ContextPassing { get; init; }

    /// <summary>Settings of the model: <c>modelConfig.env</c> with references and stored values; empty when the bot has no model.</summary>
    public IReadOnlyDictionary<string, string> ModelEnvironment { get; init; } = new Dictionary<string, string>();

    /// <summary>Wire protocol of a custom model, such as <c>openai</c>; null when the shell decides.</summary>
    public string? ModelProtocol { get; init; }

    /// <summary>Request form of an OpenAI-like endpoint, such as <c>responses</c>; null means <c>chat/completions</c>.</summary>
    public string? ModelApiFormat { get; init; }

    /// <summary>Context window of the model in tokens; null when it is not known.</summary>
    public int? ModelContextWindow { get; init; }

    /// <summary>Longest answer of the model in tokens; null when the endpoint decides.</summary>
    public int? ModelMaxOutputTokens { get; init; }

    /// <summary>The ghost's MCP servers as JSON text with references and stored values; null when there are none.</summary>
    public string? McpServersJson { get; init; }

    /// <summary>Names of the ghost's skills.</summary>
    public IReadOnlyList<string> Skills { get; init; } = [];

    /// <summary>The shell's image; null means the runtime's default.</summary>
    public string? Image { get; init; }
}

/// <summary>A resource at one revision.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its resource version at that time.</param>
public sealed record ResourceRevision(string Kind, string Namespace, string Name, long Version);
