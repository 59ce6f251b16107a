using Microsoft.Extensions.Options;

namespace Wegent.Runtime.Sandboxes.Docker;

[OptionsValidator]
internal sealed partial class DockerSandboxOptionsAnnotations : IValidateOptions<DockerSandboxOptions>;

/// <summary>The rules that concern more than one setting, or that an attribute cannot say.</summary>
internal sealed class DockerSandboxOptionsRules : IValidateOptions<DockerSandboxOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, DockerSandboxOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.PortRangeMax < options.PortRangeMin)
            result.AddError($"PortRangeMax ({options.PortRangeMax}) is below PortRangeMin ({options.PortRangeMin}); swap them, or widen the range.", DockerSandboxOptions.Section);
        CheckDuration(result, nameof(options.ReadyTimeout), options.ReadyTimeout);
        CheckDuration(result, nameof(options.EngineTimeout), options.EngineTimeout);
        if (options.Endpoint is { } endpoint && DockerEndpoint.Problem(endpoint) is { } problem)
            result.AddError($"Endpoint: {problem}", DockerSandboxOptions.Section);
        return result.Build();
    }

    private static void CheckDuration(ValidateOptionsResultBuilder result, string key, TimeSpan value)
    {
        if (value < Shortest || value > Longest)
            result.AddError($"{key} is {value}; it may be from {Shortest} to {Longest}.", DockerSandboxOptions.Section);
    }
}
