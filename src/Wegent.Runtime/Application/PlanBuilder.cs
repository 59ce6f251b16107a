using System.Text.Json;
using Wegent.Resources;
using Wegent.Runtime.Application.Definitions;
using Wegent.Runtime.Workspaces;
using Wegent.Storage;
using Wegent.Tasks;
using Wegent.Teams;

namespace Wegent.Runtime.Application;

/// <summary>Freezes what a task will run with: team, bots, ghosts, shells and models, each at the revision it has now.</summary>
internal sealed class PlanBuilder(IResourceStore resources, PublicResources publicResources, WorkspaceSources workspaces)
{
    /// <exception cref="NotFoundException">The team, or something it refers to, does not exist.</exception>
    /// <exception cref="WegentException">It exists and cannot be run; the message says what to change.</exception>
    public async ValueTask<ExecutionPlan> BuildAsync(string owner, TaskSubmission submission, CancellationToken cancellationToken)
    {
        var reader = new RevisionReader(owner, resources, publicResources);
        var team = await reader.GetAsync<TeamResource>(new ResourceReference { Name = submission.Team, Namespace = submission.Namespace }, ResourceKinds.Team, cancellationToken).ConfigureAwait(false);
        var way = await WayOfAsync(team.Spec, reader, cancellationToken).ConfigureAwait(false);
        var modelOverride = submission.Model is { } name
            ? await reader.GetAsync<ModelResource>(new ResourceReference { Name = name, Namespace = submission.Namespace }, ResourceKinds.Model, cancellationToken).ConfigureAwait(false)
            : null;

        var members = new List<PlannedMember>();
        foreach (var member in team.Spec.Members)
            members.Add(await MemberAsync(member, modelOverride, reader, cancellationToken).ConfigureAwait(false));

        var workspace = submission.Workspace is { } workspaceName
            ? workspaces.From(await reader.GetAsync<WorkspaceResource>(new ResourceReference { Name = workspaceName, Namespace = submission.Namespace }, ResourceKinds.Workspace, cancellationToken).ConfigureAwait(false))
            : workspaces.From(submission);

        var plan = new ExecutionPlan
        {
            TeamNamespace = team.Metadata.Namespace,
            TeamName = team.Metadata.Name,
            CollaborationModel = way.Model,
            MaxRounds = way.MaxRounds,
            Members = way.Steps is { } steps ? [.. StagesOf(steps, members)] : members,
            Workspace = workspace,
            Revisions = reader.Revisions,
        };
        if (!TeamPlan.Models.Contains(plan.CollaborationModel))
            throw new WegentException("team.unsupported_model", $"Team '{plan.TeamName}' has collaborationModel '{plan.CollaborationModel}', which this version does not run. Use {string.Join(" or ", TeamPlan.Models)}.");
        return plan;
    }

    private static async ValueTask<WayOfWorking> WayOfAsync(TeamSpec team, RevisionReader reader, CancellationToken cancellationToken)
    {
        if (team.CollaborationRef is not { } reference)
            return new WayOfWorking(Word((team.CollaborationModel ?? CollaborationModel.Solo).ToString()), team.MaxRounds ?? DefaultRounds, Steps: null);

        var shared = await reader.GetAsync<CollaborationResource>(reference, ResourceKinds.Collaboration, cancellationToken).ConfigureAwait(false);
        var model = shared.Spec.Type == CollaborationType.Workflow ? CollaborationModel.Pipeline.ToString() : shared.Spec.Type.ToString();
        return new WayOfWorking(Word(model), shared.Spec.Config?.MaxRounds ?? DefaultRounds, shared.Spec.Config?.Steps);
    }

    private static async ValueTask<PlannedMember> MemberAsync(TeamMember member, ModelResource? modelOverride, RevisionReader reader, CancellationToken cancellationToken)
    {
        var bot = await reader.GetAsync<BotResource>(member.BotRef, ResourceKinds.Bot, cancellationToken).ConfigureAwait(false);
        var ghost = await reader.GetAsync<GhostResource>(bot.Spec.GhostRef, ResourceKinds.Ghost, cancellationToken).ConfigureAwait(false);
        if (bot.Spec.ShellRef is not { } shellRef)
            throw new WegentException("bot.no_shell", $"Bot '{bot.Metadata.Name}' has no shellRef, so nothing can run it. Add one and apply it again.");
        var shell = await reader.GetAsync<ShellResource>(shellRef, ResourceKinds.Shell, cancellationToken).ConfigureAwait(false);
        var model = modelOverride ?? (bot.Spec.ModelRef is { } modelRef ? await reader.GetAsync<ModelResource>(modelRef, ResourceKinds.Model, cancellationToken).ConfigureAwait(false) : null);

        return new PlannedMember
        {
            BotName = bot.Metadata.Name,
            Name = member.Name,
            ShellType = shell.Spec.ShellType,
            Role = member.Role,
            Capability = member.Capability,
            SystemPrompt = member.Prompt is { Length: > 0 } prompt ? $"{ghost.Spec.SystemPrompt}\n{prompt}" : ghost.Spec.SystemPrompt,
            RequireConfirmation = member.RequireConfirmation,
            ContextPassing = member.ContextPassing is { } passing ? Word(passing.ToString()) : null,
            ModelEnvironment = model?.Spec.ModelConfig.Env?.ToDictionary(entry => entry.Key, entry => Text(entry.Value), StringComparer.Ordinal) ?? [],
            ModelProtocol = model?.Spec.Protocol,
            ModelApiFormat = model?.Spec.ApiFormat switch { ApiFormat.Responses => "responses", ApiFormat.ChatCompletions => "chat/completions", _ => null },
            ModelContextWindow = model?.Spec.ContextWindow,
            ModelMaxOutputTokens = model?.Spec.MaxOutputTokens,
            McpServersJson = reader.RawSpecField(ghost, "mcpServers"),
            Skills = ghost.Spec.Skills ?? [],
            Image = shell.Spec.BaseImage,
        };
    }

    // A step's participants run one after another; what the step says holds for the last of them.
    private static IEnumerable<PlannedMember> StagesOf(IReadOnlyList<CollaborationStep> steps, List<PlannedMember> members)
    {
        foreach (var step in steps)
        {
            for (var i = 0; i < step.Participants.Count; i++)
            {
                var isLast = i == step.Participants.Count - 1;
                var member = members.Find(member => member.BotName == step.Participants[i])
                    ?? throw new WegentException("team.unknown_participant", $"Step '{step.Name}' names bot '{step.Participants[i]}', which is no member of the team.");
                yield return member with
                {
                    RequireConfirmation = isLast && step.RequireConfirmation,
                    ContextPassing = isLast && step.ContextPassing is { } passing ? Word(passing.ToString()) : member.ContextPassing,
                };
            }
        }
    }

    private const int DefaultRounds = 4;

    private static string Word(string enumName) => JsonNamingPolicy.SnakeCaseLower.ConvertName(enumName);

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private sealed record WayOfWorking(string Model, int MaxRounds, IReadOnlyList<CollaborationStep>? Steps);
}
