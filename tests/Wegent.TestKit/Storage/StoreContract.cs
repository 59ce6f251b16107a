using Microsoft.Extensions.Time.Testing;
using Wegent.Events;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.TestKit.Storage;

/// <summary>What the contract suites of stores share: an empty database for each test, a clock that stands still, and a few words to write tests in.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    private TestStores? _stores;

    /// <summary>The time of the stores under test; 2026-01-01 until a test moves it.</summary>
    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>The present time of <see cref="Clock"/>.</summary>
    protected DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>Resources.</summary>
    protected IResourceStore Resources => Stores.Resources;

    /// <summary>Tasks.</summary>
    protected ITaskStore Tasks => Stores.Tasks;

    /// <summary>Queue and run log.</summary>
    protected IRunStore Runs => Stores.Runs;

    /// <summary>Port leases.</summary>
    protected IPortLeaseStore Ports => Stores.Ports;

    /// <summary>Users.</summary>
    protected IUserStore Users => Stores.Users;

    /// <summary>Secrets.</summary>
    protected ISecretStore Secrets => Stores.Secrets;

    /// <summary>Ends when the test run is cancelled.</summary>
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TestStores Stores => _stores ?? throw new InvalidOperationException("The test has not begun.");

    /// <summary>Opens the stores of a new, empty database.</summary>
    protected abstract ValueTask<TestStores> OpenAsync(TimeProvider clock);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _stores = await OpenAsync(Clock);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stores is not null)
            await _stores.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A plan of one member.</summary>
    protected static ExecutionPlan Plan(string team = "dev-team") => new()
    {
        TeamNamespace = "default",
        TeamName = team,
        CollaborationModel = "pipeline",
        Members = [new() { BotName = "coder", ShellType = "Demo", SystemPrompt = "You write code.", ModelEnvironment = new Dictionary<string, string> { ["model"] = "m" } }],
        Revisions = [new("Team", "default", team, 3)],
    };

    /// <summary>A task to accept.</summary>
    protected static NewTask Request(string owner = "ada", string? name = null, string team = "dev-team", string prompt = "Add a health endpoint") => new()
    {
        Owner = owner,
        Namespace = "default",
        Name = name,
        Title = "Health",
        Prompt = prompt,
        Plan = Plan(team),
        Labels = new Dictionary<string, string> { ["area"] = "api" },
    };

    /// <summary>Accepts a task.</summary>
    protected async Task<AgentTask> CreateAsync(NewTask? request = null) => (await Tasks.CreateAsync(request ?? Request(), Ct)).Task;

    /// <summary>A claim by a node for a minute.</summary>
    protected ClaimRequest Claim(string node = "node-1", int maxRunning = 100, int limit = 100) => new(node, Now.AddMinutes(1), maxRunning, limit);

    /// <summary>Claims the one task that there is to claim.</summary>
    protected async Task<ClaimedTask> ClaimOneAsync(string node = "node-1") => Assert.Single(await Runs.ClaimAsync(Claim(node), Ct));

    /// <summary>Accepts a task and claims it.</summary>
    protected async Task<ClaimedTask> StartAsync()
    {
        await CreateAsync();
        return await ClaimOneAsync();
    }

    /// <summary>Adds a run to a task's turn.</summary>
    protected async Task<Subtask> AddRunAsync(RunLease lease, string bot = "coder") =>
        Assert.Single(await Runs.AddSubtasksAsync(lease, [new(0, bot, "Do it")], Ct));

    /// <summary>Commits one move of a task.</summary>
    protected async Task<AgentTask> CommitAsync(RunLease lease, TaskTrigger trigger, Failure? failure = null, DateTimeOffset? notBefore = null) =>
        await Runs.CommitAsync(lease, new() { Move = new(trigger, failure, notBefore) }, Ct);

    /// <summary>Reads a task that exists.</summary>
    protected async Task<AgentTask> GetAsync(long taskId)
    {
        var task = await Tasks.FindAsync(taskId, Ct);
        Assert.NotNull(task);
        return task;
    }

    /// <summary>Reads one message of a task.</summary>
    protected async Task<Subtask> GetSubtaskAsync(long taskId, long subtaskId) =>
        Assert.Single(await Tasks.ListSubtasksAsync(taskId, 0, Ct), subtask => subtask.Id == subtaskId);

    /// <summary>Reads a task's whole log and checks that its numbers have no gap.</summary>
    protected async Task<IReadOnlyList<TaskEvent>> ReadLogAsync(long taskId)
    {
        var log = await Tasks.ReadEventsAsync(taskId, 0, 100_000, Ct);
        Assert.Equal(Enumerable.Range(1, log.Count).Select(static n => (long)n), log.Select(static entry => entry.Seq));
        return [.. log.Select(static entry => entry.Decode())];
    }

    /// <summary>The states that a task's log tells of, in order.</summary>
    protected async Task<IReadOnlyList<TaskState>> ReadStatesAsync(long taskId) =>
        [.. (await ReadLogAsync(taskId)).OfType<TaskStatusChanged>().Select(static entry => entry.Status)];

    /// <summary>Makes a task that stands in a state, with the lease it was last claimed under.</summary>
    protected async Task<(AgentTask Task, RunLease? Lease)> ReachAsync(TaskState state)
    {
        var task = await CreateAsync();
        if (state == TaskState.Pending)
            return (task, null);

        var lease = (await ClaimOneAsync()).Lease;
        task = state switch
        {
            TaskState.Running => await GetAsync(task.Id),
            TaskState.Cancelling => (await Tasks.MoveAsync(new(task.Id, TaskTrigger.CancelRequested), Ct)).Task,
            TaskState.PendingConfirmation => await CommitAsync(lease, TaskTrigger.ConfirmationNeeded),
            TaskState.Completed => await CommitAsync(lease, TaskTrigger.Completed),
            TaskState.Failed => await CommitAsync(lease, TaskTrigger.Faulted, new(FailureReason.AgentCrashed, "It crashed")),
            TaskState.Cancelled => await CancelRunningAsync(),
            TaskState.Delete => (await Tasks.MoveAsync(new(task.Id, TaskTrigger.Deleted), Ct)).Task,
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state."),
        };
        Assert.Equal(state, task.Status);
        return (task, lease);

        async Task<AgentTask> CancelRunningAsync()
        {
            await Tasks.MoveAsync(new(task.Id, TaskTrigger.CancelRequested), Ct);
            return await CommitAsync(lease, TaskTrigger.CancelConfirmed);
        }
    }
}
