using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Wegent.Sandboxes;

namespace Wegent.Runtime.Sandboxes;

/// <summary>Where agents run.</summary>
public enum SandboxRuntime
{
    /// <summary>Docker where an engine answers and has the image, else <see cref="Process"/> with a warning.</summary>
    Auto,

    /// <summary>A container for each task.</summary>
    Docker,

    /// <summary>A process of this machine, which is no sandbox: for development only.</summary>
    Process,
}

/// <summary>Where agents run and within which bounds. Section <c>Wegent:Executor</c>.</summary>
public sealed class SandboxOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Wegent:Executor";

    /// <summary>Which place. Default <see cref="SandboxRuntime.Auto"/>.</summary>
    public SandboxRuntime Runtime { get; set; } = SandboxRuntime.Auto;

    /// <summary>How long a sandbox is kept for a follow-up after its task has ended. Default 2 h, 0 to 30 days.</summary>
    public TimeSpan DeletionDelay { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Memory of a sandbox, swap included, in MiB. Default 2,048, 64 to 1,048,576.</summary>
    [Range(64, 1_048_576)]
    public int MemoryMiB { get; set; } = SandboxLimits.Default.MemoryMiB;

    /// <summary>Processors of a sandbox. Default 2, 0.1 to 512.</summary>
    [Range(0.1, 512)]
    public double Cpus { get; set; } = SandboxLimits.Default.Cpus;

    /// <summary>Processes and threads in a sandbox. Default 512, 16 to 100,000.</summary>
    [Range(16, 100_000)]
    public int Pids { get; set; } = SandboxLimits.Default.Pids;

    /// <summary>How long a sandbox lives when no host talks to it. Default 1 h, 10 s to 30 days.</summary>
    public TimeSpan OrphanTimeout { get; set; } = SandboxLimits.Default.OrphanTimeout;

    internal SandboxLimits Limits => new(MemoryMiB, Cpus, Pids, OrphanTimeout);
}

[OptionsValidator]
internal sealed partial class SandboxOptionsAnnotations : IValidateOptions<SandboxOptions>;

internal sealed class SandboxOptionsRules : IValidateOptions<SandboxOptions>
{
    public ValidateOptionsResult Validate(string? name, SandboxOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.DeletionDelay < TimeSpan.Zero || options.DeletionDelay > TimeSpan.FromDays(30))
            result.AddError($"{SandboxOptions.Section}:{nameof(options.DeletionDelay)} is {options.DeletionDelay}; it may be 0 to 30 days.");
        if (options.OrphanTimeout < TimeSpan.FromSeconds(10) || options.OrphanTimeout > TimeSpan.FromDays(30))
            result.AddError($"{SandboxOptions.Section}:{nameof(options.OrphanTimeout)} is {options.OrphanTimeout}; it may be 10 s to 30 days.");
        return result.Build();
    }
}
