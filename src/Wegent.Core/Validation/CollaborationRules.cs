using Wegent.Resources;

namespace Wegent.Validation;

/// <summary>Rules of collaborations.</summary>
internal static class CollaborationRules
{
    private const int MaxRounds = 50;

    public static void Check(CollaborationSpec spec, RuleContext context)
    {
        var steps = spec.Config?.Steps ?? [];
        var isWorkflow = spec.Type == CollaborationType.Workflow;
        if (isWorkflow && steps.Count == 0)
            context.Error(DiagnosticCodes.WorkflowSteps, spec.Config?.Steps is null ? "spec.type" : "spec.config.steps", "a workflow needs steps", "list them in spec.config.steps, each with a name and participants");
        if (!isWorkflow && steps.Count > 0)
            context.Error(DiagnosticCodes.WorkflowSteps, "spec.config.steps", "only a workflow has steps", "remove them, or set type: workflow");

        if (spec.Config?.MaxRounds is < 1 or > MaxRounds)
            context.Error(DiagnosticCodes.OutOfRange, "spec.config.maxRounds", $"{spec.Config.MaxRounds} rounds are not possible", $"use 1 to {MaxRounds}");
        else if (spec.Config?.MaxRounds is not null && spec.Type != CollaborationType.Collaborate)
            context.Warning(DiagnosticCodes.NoEffect, "spec.config.maxRounds", "rounds are of the type collaborate", "remove it, or set type: collaborate");

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < steps.Count; i++)
        {
            var path = $"spec.config.steps[{i}]";
            MetadataRules.NotEmpty(steps[i].Name, path + ".name", context);
            if (steps[i].Name.Length > 0 && !names.Add(steps[i].Name))
                context.Error(DiagnosticCodes.DuplicateEntry, path + ".name", $"there is already a step {Suggestions.Quote(steps[i].Name)}", "give each step a name of its own");
            if (steps[i].Participants.Count == 0)
                context.Error(DiagnosticCodes.WorkflowSteps, path + ".participants", "the step has no participants", "name at least one bot");
            MetadataRules.Distinct(steps[i].Participants, path + ".participants", context);
        }
    }
}
