using Wegent.Resources;

namespace Wegent.Validation;

/// <summary>Rules of bots.</summary>
internal static class BotRules
{
    public static void Check(BotSpec spec, RuleContext context)
    {
        if (spec.ShellRef is null)
            context.Warning(DiagnosticCodes.BotWithoutShell, "spec", "the bot has no shell and cannot run", "add spec.shellRef");
    }
}
