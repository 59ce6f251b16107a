using System.Security.Cryptography;
using System.Text;
using Wegent.Events;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Runtime.Storage;

/// <summary>What users' writes mean, in rows: the body of each <see cref="ITaskStore"/> write, run inside one transaction.</summary>
internal static class TaskWrites
{
    /// <summary>How long an idempotency key is kept (contract, "Idempotency-Key").</summary>
    public static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(24);

    /// <summary>See <see cref="ITaskStore.CreateAsync"/>.</summary>
    public static async ValueTask<TurnAccepted> CreateAsync(ITaskRows rows, NewTask request, DateTimeOffset now)
    {
        IdempotencyKey? key = request.IdempotencyKey is { } text ? new(request.Owner, 0, text) : null;
        var digest = request.RequestDigest ?? "";
        if (key is { } sent && await FindAcceptedAsync(rows, sent, digest, now).ConfigureAwait(false) is { } known)
            return known;

        var draft = new TaskRow
        {
            Task = new AgentTask
            {
                Id = 0,
                Owner = request.Owner,
                Namespace = request.Namespace,
                Name = request.Name ?? "",
                Title = request.Title,
                Prompt = request.Prompt,
                Plan = request.Plan,
                Labels = request.Labels,
                Status = TaskState.Pending,
                LastSeq = 3, // the entries below: the row is written once
                CreatedAt = now,
                UpdatedAt = now,
            },
            ReadyAt = now,
            LastMessageId = 1,
        };
        var task = (await rows.InsertAsync(draft, request.Name).ConfigureAwait(false)).Task;
        var message = await rows.InsertSubtaskAsync(Message(request.Owner, request.Prompt, now) with { TaskId = task.Id, MessageId = 1 }).ConfigureAwait(false);
        var created = new TaskCreated { TaskId = task.Id, Title = request.Title, TeamName = request.Plan.TeamName, CreatedAt = now };
        await rows.AppendAsync(task.Id, 1, [created, TaskTransitions.MessageOf(message), TaskTransitions.StatusOf(task)], now).ConfigureAwait(false);
        await SaveKeyAsync(rows, key, digest, message, now).ConfigureAwait(false);
        return new(task, message, Created: true);
    }

    /// <summary>See <see cref="ITaskStore.AddTurnAsync"/>.</summary>
    public static async ValueTask<TurnAccepted> AddTurnAsync(ITaskRows rows, NewTurn turn, DateTimeOffset now)
    {
        var row = await GetAsync(rows, turn.TaskId).ConfigureAwait(false);
        IdempotencyKey? key = turn.IdempotencyKey is { } text ? new(turn.Sender, turn.TaskId, text) : null;
        var digest = key is null ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(turn.Prompt)));
        if (key is { } sent && await FindAcceptedAsync(rows, sent, digest, now).ConfigureAwait(false) is { } known)
            return known;

        var edit = new TaskEdit(rows, row, now);
        if (TaskLifecycle.Next(row.Task.Status, TaskTrigger.MessageReceived) is null)
            throw CannotTakeMessage(row.Task);

        var message = await edit.AddAsync(Message(turn.Sender, turn.Prompt, now)).ConfigureAwait(false);
        edit.Append(TaskTransitions.MessageOf(message));
        await edit.TryMoveAsync(TaskTrigger.MessageReceived).ConfigureAwait(false);
        await SaveKeyAsync(rows, key, digest, message, now).ConfigureAwait(false);
        return new(await edit.SaveAsync().ConfigureAwait(false), message, Created: true);
    }

    /// <summary>See <see cref="ITaskStore.MoveAsync"/>.</summary>
    public static async ValueTask<TaskMoved> MoveAsync(ITaskRows rows, TaskMove move, DateTimeOffset now)
    {
        if (move.Trigger is not (TaskTrigger.CancelRequested or TaskTrigger.MessageReceived or TaskTrigger.Confirmed or TaskTrigger.Accepted or TaskTrigger.Deleted))
            throw new ArgumentException($"{move.Trigger} is news of a runner, not a user's wish; a runner reports it with IRunStore.CommitAsync.", nameof(move));

        var edit = new TaskEdit(rows, await GetAsync(rows, move.TaskId).ConfigureAwait(false), now);
        if (TaskLifecycle.Next(edit.Task.Status, move.Trigger) is null)
            return new(edit.Task, Moved: false);

        if (move.RetrySubtaskId is { } runId)
            await ReopenAsync(rows, move, runId).ConfigureAwait(false);
        if (move.NewSubtask is { } run)
            await edit.AddAsync(RunWrites.Draft(run)).ConfigureAwait(false);
        await edit.TryMoveAsync(move.Trigger).ConfigureAwait(false);
        return new(await edit.SaveAsync().ConfigureAwait(false), Moved: true);
    }

    /// <summary>See <see cref="ITaskStore.SetPreserveExecutorAsync"/>.</summary>
    public static async ValueTask<AgentTask> SetPreserveExecutorAsync(ITaskRows rows, long taskId, bool preserve, DateTimeOffset now)
    {
        var edit = new TaskEdit(rows, await GetAsync(rows, taskId).ConfigureAwait(false), now);
        edit.Set(edit.Row with { Task = edit.Task with { PreserveExecutor = preserve } });
        return await edit.SaveAsync().ConfigureAwait(false);
    }

    /// <summary>The error for a name that is in use.</summary>
    public static ConflictException NameTaken(string namespaceName, string name) =>
        new("task.exists", $"A task named '{name}' exists in namespace '{namespaceName}' already. Choose another name, leave it out, or delete that task.");

    private static async ValueTask<TaskRow> GetAsync(ITaskRows rows, long taskId)
    {
        var row = await rows.FindAsync(taskId).ConfigureAwait(false);
        return row is null || row.Task.Status == TaskState.Delete
            ? throw new NotFoundException("task.not_found", $"Task {taskId} does not exist, or was deleted. List the tasks to see which there are.")
            : row;
    }

    private static Subtask Message(string sender, string prompt, DateTimeOffset now) => new()
    {
        Id = 0,
        TaskId = 0,
        MessageId = 0,
        Role = SubtaskRole.User,
        Sender = sender,
        Prompt = prompt,
        Status = TaskState.Completed,
        CreatedAt = now,
        CompletedAt = now,
    };

    private static ValueTask SaveKeyAsync(ITaskRows rows, IdempotencyKey? key, string digest, Subtask message, DateTimeOffset now) =>
        key is { } sent ? rows.SaveKeyAsync(sent, new(digest, message.TaskId, message.Id, now + KeyLifetime), now) : default;

    private static async ValueTask<TurnAccepted?> FindAcceptedAsync(ITaskRows rows, IdempotencyKey key, string digest, DateTimeOffset now)
    {
        if (await rows.FindKeyAsync(key, now).ConfigureAwait(false) is not { } entry)
            return null;
        if (entry.Digest != digest)
            throw new ConflictException("idempotency.mismatch", "This idempotency key was used with another request within the last 24 hours. Send a new key with a new request.");

        var row = await rows.FindAsync(entry.TaskId).ConfigureAwait(false);
        var message = await rows.FindSubtaskAsync(entry.TaskId, entry.SubtaskId).ConfigureAwait(false);
        return row is null || message is null ? null : new(row.Task, message, Created: false);
    }

    private static async ValueTask ReopenAsync(ITaskRows rows, TaskMove move, long runId)
    {
        var run = await rows.FindSubtaskAsync(move.TaskId, runId).ConfigureAwait(false);
        if (run is null || run.Role != SubtaskRole.Assistant)
            throw new NotFoundException("subtask.not_found", $"Task {move.TaskId} has no run {runId}. List its messages to see which there are.");

        // A stage that waits for confirmation may be run again although it went well; a retry is for what did not.
        if (run.Status == TaskState.Completed && move.Trigger != TaskTrigger.Confirmed)
            throw new ConflictException("task.conflict", $"Run {runId} of task {move.TaskId} is COMPLETED: there is nothing to retry. Send a message to go on.");
        await rows.UpdateSubtaskAsync(run, TaskTransitions.Reopen(run)).ConfigureAwait(false);
    }

    private static ConflictException CannotTakeMessage(AgentTask task) => new(
        "task.conflict",
        task.Status == TaskState.PendingConfirmation
            ? $"Task {task.Id} waits for a confirmation of its last stage. Confirm it, or cancel the task, then send the message."
            : $"Task {task.Id} is {task.Status.ToWire()}: a turn is under way. Wait for its end, or cancel it, then send the message.");
}
