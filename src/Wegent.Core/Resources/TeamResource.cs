using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>Bots and the way they work together: what a task is given to.</summary>
public sealed record TeamResource : Resource<TeamSpec, ResourceStatus>
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-90)]
    public override string Kind => ResourceKinds.Team;
}

/// <summary>Desired state of a <see cref="TeamResource"/>.</summary>
public sealed record TeamSpec
{
    /// <summary>The members, in pipeline order; at least one.</summary>
    public required IReadOnlyList<TeamMember> Members { get; init; }

    /// <summary>How they work together. Null only where <see cref="CollaborationRef"/> says it.</summary>
    public CollaborationModel? CollaborationModel { get; init; }

    /// <summary>A shared <see cref="CollaborationResource"/> instead of <see cref="CollaborationModel"/>; exactly one of the two is set.</summary>
    public ResourceReference? CollaborationRef { get; init; }

    /// <summary>For <c>collaborate</c>: the last round, 1 to 50. Null: 4.</summary>
    public int? MaxRounds { get; init; }

    /// <summary>Where the team is offered: <c>chat</c>, <c>code</c>. Null: everywhere.</summary>
    [JsonPropertyName("bind_mode")]
    public IReadOnlyList<string>? BindMode { get; init; }

    /// <summary>What the team is good for.</summary>
    public string? Description { get; init; }

    /// <summary>Id of an icon of the console's library.</summary>
    public string? Icon { get; init; }

    /// <summary>Whether a task needs a repository. Null: as the members' shells need it.</summary>
    public bool? RequiresWorkspace { get; init; }

    /// <summary>Hint shown in the empty message box.</summary>
    public string? InputPlaceholder { get; init; }

    /// <summary>Ready-made messages to start with, at most 6 of at most 120 characters. Null when none.</summary>
    [JsonPropertyName("quick_phrases")]
    public IReadOnlyList<string>? QuickPhrases { get; init; }

    /// <summary>How answers are shown. Null: everything.</summary>
    public TeamDisplayConfig? DisplayConfig { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>One bot's place in a team.</summary>
public sealed record TeamMember
{
    /// <summary>The role of the member that leads.</summary>
    public const string LeaderRole = "leader";

    /// <summary>The bot.</summary>
    public required ResourceReference BotRef { get; init; }

    /// <summary>The member's name within the team. Null: the bot's name.</summary>
    public string? Name { get; init; }

    /// <summary>Added to the ghost's system prompt, in this team only.</summary>
    public string? Prompt { get; init; }

    /// <summary><see cref="LeaderRole"/>, or any other word. Null: an ordinary member.</summary>
    public string? Role { get; init; }

    /// <summary>What the member can do, told to a leader that has to choose. Null: the ghost's description of itself.</summary>
    public string? Capability { get; init; }

    /// <summary>In a pipeline: stop after this stage until a person has confirmed. Default false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool RequireConfirmation { get; init; }

    /// <summary>In a pipeline: what this stage hands to the next one. Null: the team plan's default.</summary>
    public ContextPassing? ContextPassing { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>How a team's answers are shown.</summary>
public sealed record TeamDisplayConfig
{
    /// <summary>Hide what came before the last answer. Null: false.</summary>
    [JsonPropertyName("show_final_answer_only")]
    public bool? ShowFinalAnswerOnly { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
