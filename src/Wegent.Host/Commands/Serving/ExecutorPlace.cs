using Microsoft.Extensions.Options;
using Wegent.Runtime.Sandboxes;
using Wegent.Sandboxes;

namespace Wegent.Hosting.Commands.Serving;

/// <summary>Says where agents would run if a task came now.</summary>
internal static class ExecutorPlace
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(3);

    public static async Task<string> DescribeAsync(IServiceProvider services)
    {
        var wanted = services.GetRequiredService<IOptions<SandboxOptions>>().Value.Runtime;
        string? problem = null;
        foreach (var place in services.GetServices<ISandboxProvider>())
        {
            if (wanted != SandboxRuntime.Auto && !string.Equals(place.Name, wanted.ToString(), StringComparison.OrdinalIgnoreCase))
                continue;
            if (await FindProblemAsync(place) is not { } found)
                return place.Name == "docker" ? "Docker containers" : $"processes of this machine, which is no sandbox: for development only{(problem is null ? "" : $". {problem}")}";
            problem ??= found;
        }

        return $"nowhere, so only agents that need no sandbox can run. {problem ?? "Wegent:Executor:Runtime names a place that there is not."}";
    }

    private static async Task<string?> FindProblemAsync(ISandboxProvider place)
    {
        using var timeout = new CancellationTokenSource(ProbeTimeout);
        try
        {
            return (await place.ProbeAsync(null, timeout.Token))?.Message;
        }
        catch (OperationCanceledException)
        {
            return $"'{place.Name}' does not answer within {ProbeTimeout.TotalSeconds} s.";
        }
    }
}
