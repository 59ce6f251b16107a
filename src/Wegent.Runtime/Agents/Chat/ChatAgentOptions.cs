using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Wegent.Runtime.Agents.Chat;

/// <summary>How models are spoken to directly. Section <c>Wegent:Agents:Chat</c>.</summary>
public sealed class ChatAgentOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Wegent:Agents:Chat";

    /// <summary>Times a failed call is repeated, as long as nothing of its answer has come; with a wait that doubles from half a second, or the one that the service asks for. Default 3, 0 to 10.</summary>
    [Range(0, 10)]
    public int MaxRetries { get; set; } = 3;

    /// <summary>Longest wait that a service may ask for before a repetition; a longer one fails the run. Default 1 min, 0 to 10 min.</summary>
    public TimeSpan MaxRetryWait { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the service may say nothing, at the start or within an answer. Default 5 min, 1 s to 1 h, or <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</summary>
    public TimeSpan SilenceTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Tokens that a conversation may have where the model resource does not state its <c>contextWindow</c>; what is oldest is left out. Default 64,000, 1,000 to 10,000,000.</summary>
    [Range(1_000, 10_000_000)]
    public int ContextTokens { get; set; } = 64_000;

    /// <summary>Longest answer in tokens where the model resource does not state its <c>maxOutputTokens</c> and the protocol needs one (Anthropic's does). Default 8,192, 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxOutputTokens { get; set; } = 8_192;
}

[OptionsValidator]
internal sealed partial class ChatAgentOptionsAnnotations : IValidateOptions<ChatAgentOptions>;

internal sealed class ChatAgentOptionsRules : IValidateOptions<ChatAgentOptions>
{
    public ValidateOptionsResult Validate(string? name, ChatAgentOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.MaxRetryWait < TimeSpan.Zero || options.MaxRetryWait > TimeSpan.FromMinutes(10))
            result.AddError($"{ChatAgentOptions.Section}:MaxRetryWait is {options.MaxRetryWait}; it may be 00:00:00 to 00:10:00.");
        if (options.SilenceTimeout != Timeout.InfiniteTimeSpan && (options.SilenceTimeout < TimeSpan.FromSeconds(1) || options.SilenceTimeout > TimeSpan.FromHours(1)))
            result.AddError($"{ChatAgentOptions.Section}:SilenceTimeout is {options.SilenceTimeout}; it may be 00:00:01 to 01:00:00.");
        return result.Build();
    }
}
