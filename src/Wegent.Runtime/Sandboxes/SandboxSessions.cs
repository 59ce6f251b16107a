using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes;

/// <summary>Opens the sandbox session of a claim.</summary>
internal sealed class SandboxSessions(SandboxPlacement placement, IRunStore runs, IOptions<SandboxOptions> options, ILogger<SandboxSessions> logger)
{
    public SandboxSession Open(AgentTask task) => new(task, placement, options.Value, runs.GetStoreIdAsync, logger);
}
