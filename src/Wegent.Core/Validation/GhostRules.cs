using Wegent.Resources;

namespace Wegent.Validation;

/// <summary>Rules of ghosts.</summary>
internal static class GhostRules
{
    public static void Check(GhostSpec spec, RuleContext context)
    {
        MetadataRules.Prompt(spec.SystemPrompt, "spec.systemPrompt", context);
        MetadataRules.Distinct(spec.Skills, "spec.skills", context);
        MetadataRules.Distinct(spec.PreloadSkills, "spec.preload_skills", context);
        SecretReferences.CheckMcpServers(spec.McpServers, context);

        var skills = spec.Skills ?? [];
        for (var i = 0; i < (spec.PreloadSkills?.Count ?? 0); i++)
        {
            var skill = spec.PreloadSkills![i];
            if (!skills.Contains(skill, StringComparer.Ordinal))
                context.Error(DiagnosticCodes.PreloadNotASkill, $"spec.preload_skills[{i}]", $"{Suggestions.Quote(skill)} is preloaded but not among the skills", Suggestions.DidYouMean(skill, skills) ?? "add it to spec.skills");
        }
    }
}
