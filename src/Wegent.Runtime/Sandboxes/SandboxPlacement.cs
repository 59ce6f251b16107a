using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wegent.Sandboxes;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes;

/// <summary>Chooses the place for a new sandbox, and looks in all of them for one that is there.</summary>
internal sealed class SandboxPlacement(IEnumerable<ISandboxProvider> providers, IOptions<SandboxOptions> options, ILogger<SandboxPlacement> logger)
{
    private bool _warned;

    /// <summary>All registered places, the preferred first.</summary>
    public IReadOnlyList<ISandboxProvider> Providers { get; } = [.. providers];

    /// <summary>The place for a new sandbox.</summary>
    /// <exception cref="SandboxException">None can start one now.</exception>
    public async ValueTask<ISandboxProvider> ChooseAsync(string? image, CancellationToken cancellationToken)
    {
        var wanted = options.Value.Runtime switch
        {
            SandboxRuntime.Docker => "docker",
            SandboxRuntime.Process => "process",
            _ => null,
        };
        SandboxException? firstProblem = null;
        foreach (var provider in Providers)
        {
            if (wanted is not null && provider.Name != wanted)
                continue;

            var problem = await provider.ProbeAsync(image, cancellationToken).ConfigureAwait(false);
            if (problem is null)
            {
                if (firstProblem is not null && !_warned)
                {
                    _warned = true;
                    logger.FellBack(provider.Name, firstProblem.Message);
                }

                return provider;
            }

            firstProblem ??= problem;
        }

        throw firstProblem ?? new SandboxException(FailureReason.Misconfigured, wanted is null
            ? "No place for sandboxes is registered; call AddDockerSandbox() or AddLocalProcessSandbox() after AddWegent()"
            : $"{SandboxOptions.Section}:Runtime is {options.Value.Runtime}, and no such place is registered");
    }

    /// <summary>Connects to a living sandbox in whichever place it is; null when it is in none.</summary>
    /// <param name="storeId">The store it belongs to.</param>
    /// <param name="sandboxId">Its identifier.</param>
    /// <param name="mustExist">Whether it was seen before: then a place that does not answer may have it, and none is no answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SandboxException">A place that may have it does not answer.</exception>
    public async ValueTask<ISandbox?> FindAsync(string storeId, string sandboxId, bool mustExist, CancellationToken cancellationToken)
    {
        SandboxException? unreachable = null;
        foreach (var provider in Providers)
        {
            try
            {
                if (await provider.FindAsync(storeId, sandboxId, cancellationToken).ConfigureAwait(false) is { } sandbox)
                    return sandbox;
            }
            catch (SandboxException error)
            {
                unreachable ??= error;
            }
        }

        return mustExist && unreachable is not null ? throw unreachable : null;
    }
}
