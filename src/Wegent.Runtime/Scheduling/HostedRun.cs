using System.Runtime.CompilerServices;
using Wegent.Agents;
using Wegent.Tasks;

namespace Wegent.Runtime.Scheduling;

/// <summary>An agent in this process. It cannot be handed over: the next host starts it anew, as a new attempt.</summary>
internal sealed class HostedRun(IHostedAgent agent, AgentRequest request) : IAgentRun
{
    private readonly CancellationTokenSource _stop = new();

    public TimeSpan? SilenceLimit => null;

    public async IAsyncEnumerable<AgentBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
        var events = agent.RunAsync(request, ending.Token).GetAsyncEnumerator(ending.Token);
        await using (events.ConfigureAwait(false))
        {
            AgentBatch batch;
            do
            {
                AgentEvent next;
                try
                {
                    next = await events.MoveNextAsync().ConfigureAwait(false)
                        ? events.Current
                        : new AgentFailed(new Failure(FailureReason.AgentCrashed, $"Agent '{agent.ShellType}' ended without a result"), TokenUsage.None);
                }
                catch (OperationCanceledException) when (_stop.IsCancellationRequested)
                {
                    next = new AgentFailed(new Failure(FailureReason.Cancelled, "Stopped on request"), TokenUsage.None);
                }

                batch = new AgentBatch(-1, [next], Covered: false);
                yield return batch;
            }
            while (batch.Final is null);
        }
    }

    public Task StopAsync() => _stop.CancelAsync();

    public void HandOver()
    {
        // Its enumeration ends with the token it was given.
    }

    public ValueTask DisposeAsync()
    {
        _stop.Dispose();
        return ValueTask.CompletedTask;
    }
}
