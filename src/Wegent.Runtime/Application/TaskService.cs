using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Wegent.Agents;
using Wegent.Events;
using Wegent.Messaging;
using Wegent.Runtime.Sandboxes;
using Wegent.Runtime.Telemetry;
using Wegent.Sandboxes;
using Wegent.Storage;
using Wegent.Tasks;
using Wegent.Teams;
using Wegent.Telemetry;

namespace Wegent.Runtime.Application;

/// <summary>The tasks of one user. Writes to the store, says "look" on the bus, and reads everything back from the store.</summary>
internal sealed class TaskService(
    string owner,
    ITaskStore tasks,
    IRunStore runs,
    PlanBuilder plans,
    SandboxPlacement sandboxes,
    IHintBus hints,
    ILogger<TaskService> logger) : ITaskClient
{
    private const int EventPage = 256;
    private const int MaxPrompt = 1_000_000;
    private const int MaxFile = 16 * 1024 * 1024;
    private static readonly TimeSpan LookAtLeast = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OutputPause = TimeSpan.FromMilliseconds(250);

    public async ValueTask<TurnAccepted> SubmitAsync(TaskSubmission submission, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(submission);
        CheckPrompt(submission.Prompt);
        using var activity = WegentTelemetry.Activities.StartActivity("task.submit");

        var plan = await plans.BuildAsync(owner, submission, cancellationToken).ConfigureAwait(false);
        var accepted = await tasks.CreateAsync(
            new NewTask
            {
                Owner = owner,
                Namespace = submission.Namespace,
                Name = submission.Name,
                Title = submission.Title ?? TitleOf(submission.Prompt),
                Prompt = submission.Prompt,
                Plan = plan,
                Labels = submission.Labels,
                IdempotencyKey = submission.IdempotencyKey,
                RequestDigest = submission.IdempotencyKey is null ? null : DigestOf(submission),
            },
            cancellationToken).ConfigureAwait(false);

        if (accepted.Created)
        {
            Instruments.Accepted();
            activity?.SetTag(WegentTelemetry.TaskTag, accepted.Task.Id);
            logger.TaskCreated(accepted.Task.Id, plan.TeamName);
            Announce(accepted.Task);
        }

        return accepted;
    }

    public async ValueTask<TurnAccepted> SendAsync(long taskId, string message, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        CheckPrompt(message);
        await GetAsync(taskId, cancellationToken).ConfigureAwait(false);
        var accepted = await tasks.AddTurnAsync(new NewTurn { TaskId = taskId, Sender = owner, Prompt = message, IdempotencyKey = idempotencyKey }, cancellationToken).ConfigureAwait(false);
        if (accepted.Created)
        {
            Instruments.Accepted();
            Announce(accepted.Task);
        }

        return accepted;
    }

    public async ValueTask<AgentTask?> FindAsync(long taskId, CancellationToken cancellationToken = default) =>
        await tasks.FindAsync(taskId, cancellationToken).ConfigureAwait(false) is { } task && task.Owner == owner ? task : null;

    public ValueTask<AgentTask?> FindByNameAsync(string name, string namespaceName = "default", CancellationToken cancellationToken = default) =>
        tasks.FindByNameAsync(owner, namespaceName, name, cancellationToken);

    public ValueTask<IReadOnlyList<AgentTask>> ListAsync(TaskQuery? query = null, CancellationToken cancellationToken = default) =>
        tasks.ListAsync((query ?? new TaskQuery()) with { Owner = owner }, cancellationToken);

    public async ValueTask<IReadOnlyList<Subtask>> ListMessagesAsync(long taskId, int afterMessageId = 0, CancellationToken cancellationToken = default)
    {
        await GetAsync(taskId, cancellationToken).ConfigureAwait(false);
        return await tasks.ListSubtasksAsync(taskId, afterMessageId, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<AgentTask> CancelAsync(long taskId, CancellationToken cancellationToken = default)
    {
        await GetAsync(taskId, cancellationToken).ConfigureAwait(false);
        return (await MoveAsync(new TaskMove(taskId, TaskTrigger.CancelRequested), cancellationToken).ConfigureAwait(false)).Task;
    }

    public async ValueTask<AgentTask> RetryAsync(long taskId, long? subtaskId = null, CancellationToken cancellationToken = default)
    {
        var task = await GetAsync(taskId, cancellationToken).ConfigureAwait(false);
        if (task.Status == TaskState.Completed)
            throw new ConflictException("task.conflict", $"Task {taskId} is COMPLETED: nothing of it failed. Send a message to go on.");
        var turn = Turn.Last(await tasks.ListSubtasksAsync(taskId, afterMessageId: 0, cancellationToken).ConfigureAwait(false));
        var run = subtaskId is { } id
            ? turn.Runs.FirstOrDefault(run => run.Id == id) ?? throw new NotFoundException("subtask.not_found", $"Task {taskId} has no run {id} in its last turn.")
            : turn.Runs.LastOrDefault(run => run.Status is TaskState.Failed or TaskState.Cancelled);
        if (run is { Status: not (TaskState.Failed or TaskState.Cancelled) })
            throw new ConflictException("task.conflict", $"Run {run.Id} of task {taskId} is {run.Status.ToWire()}; only a failed or cancelled run can be retried.");

        // A task may end before any of its runs began: then the turn itself is taken up again.
        var moved = await MoveAsync(new TaskMove(taskId, TaskTrigger.MessageReceived) { RetrySubtaskId = run?.Id }, cancellationToken).ConfigureAwait(false);
        return moved.Moved ? moved.Task : throw new ConflictException("task.conflict", $"Task {taskId} is {moved.Task.Status.ToWire()}; only a task that has ended can be retried.");
    }

    public async ValueTask<AgentTask> ConfirmAsync(long taskId, bool again = false, string? prompt = null, CancellationToken cancellationToken = default)
    {
        var task = await GetAsync(taskId, cancellationToken).ConfigureAwait(false);
        if (task.Status == TaskState.PendingConfirmation)
        {
            var turn = Turn.Last(await tasks.ListSubtasksAsync(taskId, afterMessageId: 0, cancellationToken).ConfigureAwait(false));
            var next = again ? new PlannedRun(turn.Runs[^1].Member, turn.Runs[^1].Prompt) : TeamPlan.AfterConfirmation(task.Plan, turn);
            var move = next is null
                ? new TaskMove(taskId, TaskTrigger.Accepted)
                : new TaskMove(taskId, TaskTrigger.Confirmed) { NewSubtask = new NewSubtask(next.Member, task.Plan.Members[next.Member].BotName, prompt ?? next.Prompt) };
            var moved = await MoveAsync(move, cancellationToken).ConfigureAwait(false);
            if (moved.Moved)
                return moved.Task;
            task = moved.Task;
        }

        throw new ConflictException("task.conflict", $"Task {taskId} is {task.Status.ToWire()}; it does not wait for a confirmation.");
    }

    public async ValueTask DeleteAsync(long taskId, CancellationToken cancellationToken = default)
    {
        await GetAsync(taskId, cancellationToken).ConfigureAwait(false);
        await MoveAsync(new TaskMove(taskId, TaskTrigger.Deleted), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask PreserveExecutorAsync(long taskId, bool preserve, CancellationToken cancellationToken = default)
    {
        await GetAsync(taskId, cancellationToken).ConfigureAwait(false);
        await tasks.SetPreserveExecutorAsync(taskId, preserve, cancellationToken).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<TaskEvent> WatchAsync(long taskId, long afterSeq = 0, bool follow = false, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var recorded in WatchRecordedAsync(taskId, afterSeq, follow, cancellationToken).ConfigureAwait(false))
            yield return recorded.Decode();
    }

    public async IAsyncEnumerable<RecordedEvent> WatchRecordedAsync(long taskId, long afterSeq = 0, bool follow = false, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await GetAsync(taskId, cancellationToken).ConfigureAwait(false);

        // Subscribed before the first look, so that nothing written in between is waited for.
        using var grew = hints.Subscribe(HintTopics.Task(taskId));
        var seq = afterSeq;
        while (true)
        {
            var page = await tasks.ReadEventsAsync(taskId, seq, EventPage, cancellationToken).ConfigureAwait(false);
            foreach (var recorded in page)
            {
                yield return recorded;
                seq = recorded.Seq;
            }

            if (page.Count == EventPage)
                continue;
            if (await FindAsync(taskId, cancellationToken).ConfigureAwait(false) is not { } task)
                yield break; // deleted
            if (task.LastSeq > seq)
                continue;
            if (!follow && task.Status.IsFinal())
                yield break;

            await grew.WaitAsync(LookAtLeast, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<string?> FindDiffAsync(long taskId, CancellationToken cancellationToken = default)
    {
        await GetAsync(taskId, cancellationToken).ConfigureAwait(false);
        return await tasks.FindArtifactAsync(taskId, "diff", cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<string>?> FindOutputAsync(long taskId, int maxLines = 1000, CancellationToken cancellationToken = default)
    {
        await GetAsync(taskId, cancellationToken).ConfigureAwait(false);
        var messages = await tasks.ListSubtasksAsync(taskId, afterMessageId: 0, cancellationToken).ConfigureAwait(false);
        if (messages.LastOrDefault(message => message is { Role: SubtaskRole.Assistant, Attempt: > 0 }) is not { } run
            || await FindSandboxAsync(taskId, cancellationToken).ConfigureAwait(false) is not { } sandbox)
            return null;

        await using (sandbox.ConfigureAwait(false))
        {
            if (await sandbox.FindExecutionAsync(AgentRequest.ExecutionIdOf(run.Id, run.Attempt), cancellationToken).ConfigureAwait(false) is not { } execution)
                return null;
            return await ReadWhatIsThereAsync(execution, maxLines, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<byte[]?> FindFileAsync(long taskId, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        var task = await GetAsync(taskId, cancellationToken).ConfigureAwait(false);
        if (await FindSandboxAsync(taskId, cancellationToken).ConfigureAwait(false) is not { } sandbox)
            return null;

        await using (sandbox.ConfigureAwait(false))
        {
            await sandbox.PrepareWorkspaceAsync(SandboxSession.WorkspaceOf(task), cancellationToken).ConfigureAwait(false);
            return await sandbox.ReadFileAsync(path, MaxFile, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<AgentTask> GetAsync(long taskId, CancellationToken cancellationToken) =>
        await FindAsync(taskId, cancellationToken).ConfigureAwait(false) ?? throw NotFound(taskId);

    private async ValueTask<ISandbox?> FindSandboxAsync(long taskId, CancellationToken cancellationToken)
    {
        var store = await runs.GetStoreIdAsync(cancellationToken).ConfigureAwait(false);
        return await sandboxes.FindAsync(store, SandboxNaming.IdOf(store, taskId), mustExist: false, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<TaskMoved> MoveAsync(TaskMove move, CancellationToken cancellationToken)
    {
        var moved = await tasks.MoveAsync(move, cancellationToken).ConfigureAwait(false);
        if (moved.Moved)
        {
            hints.Publish(HintTopics.Control(move.TaskId));
            Announce(moved.Task);
        }

        return moved;
    }

    private void Announce(AgentTask task)
    {
        hints.Publish(HintTopics.Task(task.Id));
        hints.Publish(HintTopics.User(task.Owner));
        if (task.Status == TaskState.Pending)
            hints.Publish(HintTopics.Queue);
    }

    // A program that still runs has no end to wait for: what comes without a pause is what is there.
    private static async ValueTask<IReadOnlyList<string>> ReadWhatIsThereAsync(IExecution execution, int maxLines, CancellationToken cancellationToken)
    {
        var lines = new Queue<string>();
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            reading.CancelAfter(OutputPause);
            await foreach (var output in execution.ReadAsync(0, reading.Token).ConfigureAwait(false))
            {
                reading.CancelAfter(OutputPause);
                if (output is not ExecutionLine line)
                    break;
                if (lines.Count == maxLines)
                    lines.Dequeue();
                lines.Enqueue(line.Text);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // No more for now.
        }

        return [.. lines];
    }

    private static void CheckPrompt(string prompt)
    {
        if (string.IsNullOrWhiteSpace(prompt))
            throw new WegentException("task.empty_prompt", "The message is empty. Say what the team is to do.");
        if (prompt.Length > MaxPrompt)
            throw new WegentException("task.prompt_too_long", $"The message has {prompt.Length} characters; it may have {MaxPrompt}. Put long material into the workspace.");
    }

    private static string TitleOf(string prompt)
    {
        var line = prompt.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        if (end >= 0)
            line = line[..end].TrimEnd();
        const int longest = 80;
        if (line.Length <= longest)
            return line.ToString();
        var cut = char.IsHighSurrogate(line[longest - 2]) ? longest - 2 : longest - 1;
        return $"{line[..cut]}…";
    }

    private static string DigestOf(TaskSubmission submission) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(submission with { IdempotencyKey = null })));

    private static NotFoundException NotFound(long taskId) =>
        new("task.not_found", $"Task {taskId} does not exist, or it belongs to another user.");
}
