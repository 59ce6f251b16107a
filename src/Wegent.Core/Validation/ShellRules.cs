using Wegent.Resources;

namespace Wegent.Validation;

/// <summary>Rules of shells.</summary>
internal static class ShellRules
{
    public static void Check(ShellSpec spec, RuleContext context)
    {
        CheckType(spec.ShellType, "spec.shellType", context);
        MetadataRules.Distinct(spec.SupportModel, "spec.supportModel", context);

        if (spec.BaseImage is not null)
        {
            if (!ImageName.IsValid(spec.BaseImage))
                context.Error(DiagnosticCodes.InvalidImage, "spec.baseImage", $"{Suggestions.Quote(spec.BaseImage)} is not an image's name", "write it as registry/name:tag, in small letters");
            else if (spec.ShellType is ShellTypes.Dify or ShellTypes.Chat or ShellTypes.Demo)
                context.Warning(DiagnosticCodes.NoEffect, "spec.baseImage", $"the image has no effect: {spec.ShellType} runs in no container", "remove it");
        }
        if (spec.RequiresWorkspace == true && spec.ShellType is (ShellTypes.Dify or ShellTypes.Chat))
            context.Warning(DiagnosticCodes.NoEffect, "spec.requiresWorkspace", $"{spec.ShellType} has no workspace to work in", "remove it");
    }

    /// <summary>A shell type by name: one of ours, or one that is registered.</summary>
    public static void CheckType(string shellType, string path, RuleContext context)
    {
        var registered = context.Options.ShellTypes;
        if (registered?.Contains(shellType) ?? ShellTypes.BuiltIn.Contains(shellType, StringComparer.Ordinal))
            return;
        var known = registered ?? ShellTypes.BuiltIn;
        var message = $"nobody registered the shell type {Suggestions.Quote(shellType)}";
        if (shellType.Length == 0)
            context.Error(DiagnosticCodes.EmptyText, path, "the shell type is empty", $"use one of: {string.Join(", ", known)}");
        else if (registered is not null)
            context.Error(DiagnosticCodes.UnknownShellType, path, message, Suggestions.OneOf(shellType, known));
        else
            context.Warning(DiagnosticCodes.UnknownShellType, path, $"{Suggestions.Quote(shellType)} is not one of Wegent's shell types", Suggestions.DidYouMean(shellType, known) ?? "it works where a host registers it");
    }
}
