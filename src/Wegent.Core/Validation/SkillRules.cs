using Wegent.Resources;

namespace Wegent.Validation;

/// <summary>Rules of skills.</summary>
internal static class SkillRules
{
    private static readonly string[] s_sources = ["upload", "git"];

    public static void Check(SkillSpec spec, RuleContext context)
    {
        MetadataRules.NotEmpty(spec.Description, "spec.description", context);
        MetadataRules.Prompt(spec.Prompt, "spec.prompt", context);
        MetadataRules.Line(spec.DisplayName, "spec.displayName", context);
        MetadataRules.Distinct(spec.Tags, "spec.tags", context);
        SecretReferences.CheckMcpServers(spec.McpServers, context);

        if (spec.BindShells is not { Count: > 0 })
            context.Warning(DiagnosticCodes.SkillWithoutShells, "spec.bindShells", "no shell may use the skill", "list shell types in spec.bindShells");
        for (var i = 0; i < (spec.BindShells?.Count ?? 0); i++)
            ShellRules.CheckType(spec.BindShells![i], $"spec.bindShells[{i}]", context);

        if (spec.Source is null)
            return;
        if (!s_sources.Contains(spec.Source.Type, StringComparer.Ordinal))
            context.Error(DiagnosticCodes.UnknownValue, "spec.source.type", $"{Suggestions.Quote(spec.Source.Type)} is not one of the allowed values", Suggestions.OneOf(spec.Source.Type, s_sources));
        if (spec.Source.RepoUrl is { } url && GitAddress.Parse(url) is { HasCredential: true })
            context.Error(DiagnosticCodes.CredentialInUrl, "spec.source.repo_url", "the git address holds a credential", "remove it");
    }
}
