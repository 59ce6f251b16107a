using Wegent.Events;
using Wegent.Tasks;

namespace Wegent.Runtime.Storage;

/// <summary>A task under change in one transaction: collects moves and log entries, and writes the row once.</summary>
internal sealed class TaskEdit(ITaskRows rows, TaskRow row, DateTimeOffset now)
{
    private readonly TaskRow _before = row;
    private readonly List<TaskEvent> _events = [];

    public TaskRow Row { get; private set; } = row;

    public AgentTask Task => Row.Task;

    public DateTimeOffset Now => now;

    /// <summary>Adds an entry to the run log.</summary>
    public void Append(TaskEvent taskEvent) => _events.Add(taskEvent);

    /// <summary>Changes fields other than the state.</summary>
    public void Set(TaskRow changed) => Row = changed with { Task = changed.Task with { UpdatedAt = now } };

    /// <summary>Moves the task and logs it; false when its state does not allow the trigger. A task that is cancelled takes its open runs along.</summary>
    public async ValueTask<bool> TryMoveAsync(TaskTrigger trigger, Failure? failure = null, DateTimeOffset? notBefore = null)
    {
        if (TaskTransitions.Apply(Row, trigger, now, failure, notBefore) is not { } moved)
            return false;

        Row = moved;
        if (moved.Task.Status is TaskState.Cancelled or TaskState.Delete)
            await CancelOpenRunsAsync().ConfigureAwait(false);
        Append(TaskTransitions.StatusOf(moved.Task));
        return true;
    }

    /// <summary>Adds a message to the task.</summary>
    public async ValueTask<Subtask> AddAsync(Subtask draft)
    {
        Row = Row with { LastMessageId = Row.LastMessageId + 1 };
        return await rows.InsertSubtaskAsync(draft with { TaskId = Task.Id, MessageId = Row.LastMessageId, CreatedAt = now }).ConfigureAwait(false);
    }

    /// <summary>Writes what was collected.</summary>
    /// <returns>The task as it stands now.</returns>
    public async ValueTask<AgentTask> SaveAsync()
    {
        if (_events.Count > 0)
        {
            await rows.AppendAsync(Task.Id, _before.Task.LastSeq + 1, _events, now).ConfigureAwait(false);
            Row = Row with { Task = Task with { LastSeq = _before.Task.LastSeq + _events.Count } };
        }

        if (!ReferenceEquals(Row, _before))
            await rows.UpdateAsync(_before, Row).ConfigureAwait(false);
        return Task;
    }

    private async ValueTask CancelOpenRunsAsync()
    {
        foreach (var run in await rows.ListOpenRunsAsync(Task.Id).ConfigureAwait(false))
        {
            await rows.UpdateSubtaskAsync(run, TaskTransitions.Cancel(run, now)).ConfigureAwait(false);
            if (run.Status == TaskState.Running) // its start was seen, so its end must be
                Append(new ChatCancelled { SubtaskId = run.Id, Result = run.Result });
        }
    }
}
