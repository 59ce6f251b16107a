using Wegent.Resources;

namespace Wegent.Validation;

/// <summary>Rules of teams.</summary>
internal static class TeamRules
{
    private const int MaxRounds = 50;
    private const int MaxMembers = 100;
    private const int MaxPhrases = 6;
    private const int MaxPhrase = 120;

    private static readonly string[] s_bindModes = ["chat", "code", "task", "knowledge"];

    public static void Check(TeamSpec spec, RuleContext context)
    {
        CheckModel(spec, context);
        CheckMembers(spec, context);
        CheckPipelineSettings(spec, context);
        CheckPresentation(spec, context);
    }

    private static void CheckModel(TeamSpec spec, RuleContext context)
    {
        if (spec.CollaborationModel is null && spec.CollaborationRef is null)
            context.Error(DiagnosticCodes.MissingField, "spec.collaborationModel", "missing field 'collaborationModel'", "use one of: solo, pipeline, route, coordinate, collaborate");
        else if (spec.CollaborationModel is not null && spec.CollaborationRef is not null)
            context.Error(DiagnosticCodes.CollaborationChoice, "spec.collaborationRef", "the team names a model and a collaboration", "keep one of collaborationModel and collaborationRef");

        if (spec.MaxRounds is < 1 or > MaxRounds)
            context.Error(DiagnosticCodes.OutOfRange, "spec.maxRounds", $"{spec.MaxRounds} rounds are not possible", $"use 1 to {MaxRounds}");
        else if (spec.MaxRounds is not null && ModelOf(spec, context) is not (null or CollaborationModel.Collaborate))
            context.Warning(DiagnosticCodes.NoEffect, "spec.maxRounds", "rounds are of teams that collaborate", "remove it, or set collaborationModel: collaborate");
    }

    // Null where a collaboration says it, or where what stands there is no model: then nothing follows from it.
    private static CollaborationModel? ModelOf(TeamSpec spec, RuleContext context) =>
        context.IsBroken("spec.collaborationModel") ? null : spec.CollaborationModel;

    private static void CheckMembers(TeamSpec spec, RuleContext context)
    {
        if (spec.Members.Count == 0)
            context.Error(DiagnosticCodes.NoMembers, "spec.members", "the team has no members", "add at least one with a botRef");
        if (spec.Members.Count > MaxMembers)
            context.Error(DiagnosticCodes.OutOfRange, "spec.members", $"the team has {spec.Members.Count} members", $"use at most {MaxMembers}");

        var model = ModelOf(spec, context);
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var leader = -1;
        for (var i = 0; i < spec.Members.Count; i++)
        {
            var member = spec.Members[i];
            var path = $"spec.members[{i}]";
            MetadataRules.Prompt(member.Prompt, path + ".prompt", context);
            MetadataRules.Line(member.Role, path + ".role", context);

            var name = member.Name ?? member.BotRef.Name;
            if (member.Name is { Length: 0 })
                context.Error(DiagnosticCodes.EmptyText, path + ".name", "the member's name is empty", "remove it, or fill it in");
            else if (name.Length > 0 && !names.TryAdd(name, i))
                context.Error(DiagnosticCodes.DuplicateMember, path + (member.Name is null ? ".botRef.name" : ".name"), $"the member {Suggestions.Quote(name)} is already number {names[name] + 1}", "give each member a name of its own");

            if (member.Role != TeamMember.LeaderRole)
                continue;
            if (leader < 0)
                leader = i;
            else if (model is not (null or CollaborationModel.Pipeline))
                context.Error(DiagnosticCodes.SeveralLeaders, path + ".role", $"member number {leader + 1} leads already", "keep one leader");
        }

        var needsLeader = model is CollaborationModel.Route or CollaborationModel.Coordinate or CollaborationModel.Collaborate;
        if (needsLeader && leader < 0 && spec.Members.Count > 0)
            context.Error(DiagnosticCodes.NoLeader, "spec.members", $"a team of the model '{CollaborationModels.NameOf(model!.Value)}' needs a leader", "give one member the role: leader");
    }

    private static void CheckPipelineSettings(TeamSpec spec, RuleContext context)
    {
        if (ModelOf(spec, context) is null or CollaborationModel.Pipeline)
            return;
        for (var i = 0; i < spec.Members.Count; i++)
        {
            if (spec.Members[i].RequireConfirmation)
                context.Error(DiagnosticCodes.PipelineOnly, $"spec.members[{i}].requireConfirmation", "only a stage of a pipeline can be confirmed", "remove it, or set collaborationModel: pipeline");
            if (spec.Members[i].ContextPassing is not null and not ContextPassing.None)
                context.Error(DiagnosticCodes.PipelineOnly, $"spec.members[{i}].contextPassing", "only a stage of a pipeline passes its context on", "remove it, or set collaborationModel: pipeline");
        }
    }

    private static void CheckPresentation(TeamSpec spec, RuleContext context)
    {
        for (var i = 0; i < (spec.BindMode?.Count ?? 0); i++)
        {
            if (!s_bindModes.Contains(spec.BindMode![i], StringComparer.Ordinal))
                context.Error(DiagnosticCodes.UnknownValue, $"spec.bind_mode[{i}]", $"{Suggestions.Quote(spec.BindMode[i])} is not one of the allowed values", Suggestions.OneOf(spec.BindMode[i], s_bindModes));
        }
        if (spec.QuickPhrases is { Count: > MaxPhrases })
            context.Error(DiagnosticCodes.OutOfRange, "spec.quick_phrases", $"there are {spec.QuickPhrases.Count} phrases", $"use at most {MaxPhrases}");
        for (var i = 0; i < (spec.QuickPhrases?.Count ?? 0); i++)
        {
            if (spec.QuickPhrases![i].Length > MaxPhrase)
                context.Error(DiagnosticCodes.TooLong, $"spec.quick_phrases[{i}]", $"the phrase has {spec.QuickPhrases[i].Length} characters", $"use at most {MaxPhrase}");
        }
    }
}
