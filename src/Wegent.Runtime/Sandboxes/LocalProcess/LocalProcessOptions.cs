using Microsoft.Extensions.Options;

namespace Wegent.Runtime.Sandboxes.LocalProcess;

/// <summary>Settings of agents that run as processes of this machine, without a sandbox.</summary>
public sealed class LocalProcessOptions
{
    /// <summary>Section of the configuration: <c>Wegent:Process</c>.</summary>
    public const string Section = "Wegent:Process";

    /// <summary>
    /// The executor: a native program, or a <c>.dll</c> that is started with this machine's <c>dotnet</c>. Default null: the one that
    /// comes with Wegent, in the folder <c>executor</c> beside the application.
    /// </summary>
    public string? ExecutorPath { get; set; }

    /// <summary>How long the executor may take to its first answer. Default 20 s, 1 s to 10 min.</summary>
    public TimeSpan ReadyTimeout { get; set; } = TimeSpan.FromSeconds(20);
}

internal sealed class LocalProcessOptionsRules : IValidateOptions<LocalProcessOptions>
{
    public ValidateOptionsResult Validate(string? name, LocalProcessOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.ReadyTimeout < TimeSpan.FromSeconds(1) || options.ReadyTimeout > TimeSpan.FromMinutes(10))
            result.AddError($"{LocalProcessOptions.Section}:{nameof(options.ReadyTimeout)} is {options.ReadyTimeout}; it may be 1 s to 10 min.");
        return result.Build();
    }
}
