using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Wegent.Runtime.Agents.ClaudeCode;

/// <summary>How Claude Code is run. Section <c>Wegent:Agents:ClaudeCode</c>.</summary>
public sealed class ClaudeCodeOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Wegent:Agents:ClaudeCode";

    /// <summary>The program: a path inside the sandbox, or a name on its <c>PATH</c>. Default <c>claude</c>.</summary>
    [Required]
    public string Program { get; set; } = "claude";

    /// <summary>What the agent may do without asking: <c>bypassPermissions</c> (everything; the sandbox is the limit), <c>acceptEdits</c>, <c>auto</c>, <c>default</c>, <c>dontAsk</c> or <c>plan</c>. Default <c>bypassPermissions</c>.</summary>
    [RegularExpression("^(acceptEdits|auto|bypassPermissions|default|dontAsk|plan)$")]
    public string PermissionMode { get; set; } = BypassPermissions;

    /// <summary>Times a failed call of the model is repeated, with a wait that doubles from half a second. Default 3, 0 to 10.</summary>
    [Range(0, 10)]
    public int MaxRetries { get; set; } = 3;

    /// <summary>Calls of the model in one run, after which it fails. Null, the default, sets no limit; else 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int? MaxTurns { get; set; }

    /// <summary>How long the model may be silent before the run counts as hung; a tool at work is not meant. Default 5 min, 10 s to 1 h.</summary>
    public TimeSpan SilenceLimit { get; set; } = TimeSpan.FromMinutes(5);

    internal const string BypassPermissions = "bypassPermissions";
}

[OptionsValidator]
internal sealed partial class ClaudeCodeOptionsAnnotations : IValidateOptions<ClaudeCodeOptions>;

internal sealed class ClaudeCodeOptionsRules : IValidateOptions<ClaudeCodeOptions>
{
    public ValidateOptionsResult Validate(string? name, ClaudeCodeOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.SilenceLimit < TimeSpan.FromSeconds(10) || options.SilenceLimit > TimeSpan.FromHours(1))
            result.AddError($"{ClaudeCodeOptions.Section}:{nameof(options.SilenceLimit)} is {options.SilenceLimit}; it may be 10 s to 1 h.");
        return result.Build();
    }
}
