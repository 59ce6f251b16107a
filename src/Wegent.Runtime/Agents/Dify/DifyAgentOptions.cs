using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Wegent.Runtime.Agents.Dify;

/// <summary>How Dify applications are called. Section <c>Wegent:Agents:Dify</c>.</summary>
public sealed class DifyAgentOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Wegent:Agents:Dify";

    /// <summary>Address of Dify where the model resource names none (<c>DIFY_BASE_URL</c>), without <c>/v1</c>. Default <c>https://api.dify.ai</c>.</summary>
    [Url]
    public string BaseUrl { get; set; } = "https://api.dify.ai";

    /// <summary>How long an application may say nothing, keep-alives included. Default 5 min, 1 s to 1 h.</summary>
    public TimeSpan SilenceTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the question for an application's mode, and the request to stop one, may take. Default 10 s, 1 s to 1 min.</summary>
    public TimeSpan ShortTimeout { get; set; } = TimeSpan.FromSeconds(10);
}

[OptionsValidator]
internal sealed partial class DifyAgentOptionsAnnotations : IValidateOptions<DifyAgentOptions>;

internal sealed class DifyAgentOptionsRules : IValidateOptions<DifyAgentOptions>
{
    public ValidateOptionsResult Validate(string? name, DifyAgentOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.SilenceTimeout < TimeSpan.FromSeconds(1) || options.SilenceTimeout > TimeSpan.FromHours(1))
            result.AddError($"{DifyAgentOptions.Section}:SilenceTimeout is {options.SilenceTimeout}; it may be 00:00:01 to 01:00:00.");
        if (options.ShortTimeout < TimeSpan.FromSeconds(1) || options.ShortTimeout > TimeSpan.FromMinutes(1))
            result.AddError($"{DifyAgentOptions.Section}:ShortTimeout is {options.ShortTimeout}; it may be 00:00:01 to 00:01:00.");
        return result.Build();
    }
}
