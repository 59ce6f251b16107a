using Wegent.Agents;

namespace Wegent.Runtime.Scheduling;

/// <summary>An agent at work, wherever it runs. Disposing ends it, unless it was handed over.</summary>
internal interface IAgentRun : IAsyncDisposable
{
    /// <summary>Streams what it does. The last batch ends with the final event.</summary>
    IAsyncEnumerable<AgentBatch> ReadAsync(CancellationToken cancellationToken);

    /// <summary>How long it may stay silent now; null means that only the deadline counts.</summary>
    TimeSpan? SilenceLimit { get; }

    /// <summary>Asks it to stop; the stream then ends with what there was.</summary>
    Task StopAsync();

    /// <summary>Leaves it to the host that claims the task next.</summary>
    void HandOver();
}

/// <summary>What one piece of output came to.</summary>
/// <param name="Line">Number of the raw line; -1 where there are no lines.</param>
/// <param name="Events">Its events; may be empty.</param>
/// <param name="Covered">Whether the run log holds them already.</param>
internal readonly record struct AgentBatch(long Line, IReadOnlyList<AgentEvent> Events, bool Covered)
{
    /// <summary>The event that ends the run; null when this batch does not.</summary>
    public AgentEvent? Final => Events is [.., AgentCompleted or AgentFailed] ? Events[^1] : null;
}
