using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Wegent.Tasks;

namespace Wegent.Runtime.Scheduling;

/// <summary>How many tasks run, for how long, and how often they are tried. Section <c>Wegent:Scheduler</c>.</summary>
public sealed class SchedulerOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Wegent:Scheduler";

    /// <summary>Tasks that run at once, over all hosts of a store. Default 5, 1 to 1,000. Also read from <c>MAX_CONCURRENT_TASKS</c>.</summary>
    [Range(1, 1000)]
    public int MaxConcurrentTasks { get; set; } = 5;

    /// <summary>Members of one task's team that work at once, where its way of working has them work side by side. Default 4, 1 to 100.</summary>
    [Range(1, 100)]
    public int MaxParallelRuns { get; set; } = 4;

    /// <summary>How long a claim lives without renewal; renewed every third of it. Default 30 s, 3 s to 1 h.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the queue is looked at when no hint comes. Default 5 s, 100 ms to 5 min.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the start of a sandbox, its workspace included, may take. Default 5 min, 1 s to 1 h.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one bot's run may take. Default 2 h, 1 s to 7 days.</summary>
    public TimeSpan RunTimeout { get; set; } = TimeSpan.FromHours(2);

    /// <summary>How long an agent has after an interrupt to end its turn by itself, before SIGTERM. Default 3 s, 0 to 1 min.</summary>
    public TimeSpan InterruptGrace { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an agent has after SIGTERM, before SIGKILL. Default 2 s, 0 to 1 min.</summary>
    public TimeSpan TerminateGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Text of a run is written to its log at most this often. Default 50 ms, 0 to 1 s.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Attempts at a run whose sandbox could not be started. Default 3, 1 to 20.</summary>
    [Range(1, 20)]
    public int MaxAttempts { get; set; } = RetryPolicy.Default.MaxAttempts;

    /// <summary>Wait before the second attempt; doubles with each further one. Default 1 s, 0 to 10 min.</summary>
    public TimeSpan RetryDelay { get; set; } = RetryPolicy.Default.FirstDelay;

    /// <summary>How long a stopping host waits for its runs to be handed over. Default 10 s, 0 to 10 min.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(10);

    internal RetryPolicy RetryPolicy => new(MaxAttempts, RetryDelay, Wegent.Tasks.RetryPolicy.Default.MaxDelay);
}

[OptionsValidator]
internal sealed partial class SchedulerOptionsAnnotations : IValidateOptions<SchedulerOptions>;

internal sealed class SchedulerOptionsRules : IValidateOptions<SchedulerOptions>
{
    public ValidateOptionsResult Validate(string? name, SchedulerOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Between(nameof(options.LeaseDuration), options.LeaseDuration, TimeSpan.FromSeconds(3), TimeSpan.FromHours(1));
        Between(nameof(options.PollInterval), options.PollInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        Between(nameof(options.StartTimeout), options.StartTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Between(nameof(options.RunTimeout), options.RunTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
        Between(nameof(options.InterruptGrace), options.InterruptGrace, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Between(nameof(options.TerminateGrace), options.TerminateGrace, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Between(nameof(options.FlushInterval), options.FlushInterval, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Between(nameof(options.RetryDelay), options.RetryDelay, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Between(nameof(options.ShutdownTimeout), options.ShutdownTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        return result.Build();

        void Between(string key, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most)
                result.AddError($"{SchedulerOptions.Section}:{key} is {value}; it may be {least} to {most}.");
        }
    }
}
