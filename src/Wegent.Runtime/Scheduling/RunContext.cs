using Wegent.Messaging;
using Wegent.Runtime.Sandboxes;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Runtime.Scheduling;

/// <summary>What all steps of one claim share.</summary>
internal sealed class RunContext(AgentTask task, LeaseKeeper lease, SandboxSession sandbox, IRunStore runs, IHintBus hints)
{
    public AgentTask Task { get; private set; } = task;

    public LeaseKeeper Lease => lease;

    public SandboxSession Sandbox => sandbox;

    /// <summary>Writes a step and tells who follows the task.</summary>
    /// <exception cref="LeaseLostException">The claim no longer counts. Nothing was written.</exception>
    public async Task<AgentTask> CommitAsync(RunCommit commit, CancellationToken cancellationToken)
    {
        Task = await runs.CommitAsync(lease.Lease, commit, cancellationToken).ConfigureAwait(false);
        hints.Publish(HintTopics.Task(Task.Id));
        if (commit.Move is not null)
        {
            hints.Publish(HintTopics.User(Task.Owner));
            if (Task.Status == TaskState.Pending)
                hints.Publish(HintTopics.Queue);
        }

        return Task;
    }
}
