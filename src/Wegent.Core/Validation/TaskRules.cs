using Wegent.Resources;

namespace Wegent.Validation;

/// <summary>Rules of tasks.</summary>
internal static class TaskRules
{
    public static void Check(TaskSpec spec, RuleContext context)
    {
        MetadataRules.Line(spec.Title, "spec.title", context);
        MetadataRules.NotEmpty(spec.Prompt, "spec.prompt", context);
        MetadataRules.Prompt(spec.Prompt, "spec.prompt", context);
        if (spec.CurrentStage is < 0)
            context.Error(DiagnosticCodes.OutOfRange, "spec.currentStage", "stages are counted from 0", null);
    }
}
