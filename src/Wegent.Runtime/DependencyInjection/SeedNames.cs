using System.Globalization;
using Microsoft.Extensions.Configuration;
using Wegent.Runtime.Sandboxes.Docker;
using Wegent.Runtime.Scheduling;

namespace Wegent.Runtime.DependencyInjection;

/// <summary>Settings by the names of the upstream system, as they stand: <c>MAX_CONCURRENT_TASKS</c> and its kin. They win over ours, since they are set on purpose.</summary>
internal static class SeedNames
{
    public static void Apply(IConfiguration configuration, SchedulerOptions options)
    {
        if (Find(configuration, "MAX_CONCURRENT_TASKS") is { } max)
            options.MaxConcurrentTasks = Number("MAX_CONCURRENT_TASKS", max);
    }

    public static void Apply(IConfiguration configuration, DockerSandboxOptions options)
    {
        if (Find(configuration, "EXECUTOR_PORT_RANGE_MIN") is { } min)
            options.PortRangeMin = Number("EXECUTOR_PORT_RANGE_MIN", min);
        if (Find(configuration, "EXECUTOR_PORT_RANGE_MAX") is { } max)
            options.PortRangeMax = Number("EXECUTOR_PORT_RANGE_MAX", max);
        options.Network = Find(configuration, "NETWORK") ?? options.Network;
        options.ExecutorImage = Find(configuration, "EXECUTOR_IMAGE") ?? options.ExecutorImage;
    }

    /// <summary>A setting by its upstream name, at the root or in section <c>Wegent</c>; null when it is not set.</summary>
    public static string? Find(IConfiguration configuration, string name) =>
        configuration[name] is { Length: > 0 } atRoot ? atRoot : configuration[$"{WegentOptions.Section}:{name}"] is { Length: > 0 } inSection ? inSection : null;

    public static int Number(string name, string text) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new Microsoft.Extensions.Options.OptionsValidationException(name, typeof(SchedulerOptions), [$"{name} is '{text}'; it is a whole number."]);
}
