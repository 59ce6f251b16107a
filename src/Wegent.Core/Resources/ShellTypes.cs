namespace Wegent.Resources;

/// <summary>The engines a shell can name. An embedder may register more; <see cref="ShellSpec.ShellType"/> is therefore open text.</summary>
public static class ShellTypes
{
    /// <summary>Claude Code, in a sandbox.</summary>
    public const string ClaudeCode = "ClaudeCode";

    /// <summary>Agno, in a sandbox.</summary>
    public const string Agno = "Agno";

    /// <summary>A Dify application, called over HTTP; no sandbox.</summary>
    public const string Dify = "Dify";

    /// <summary>A model spoken to directly; no sandbox.</summary>
    public const string Chat = "Chat";

    /// <summary>Our own offline engine for first steps and tests: needs no key and says what it is.</summary>
    public const string Demo = "Demo";

    /// <summary>The engines that come with Wegent.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } = [ClaudeCode, Agno, Dify, Chat, Demo];
}
