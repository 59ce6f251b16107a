using Wegent.Events;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent;

/// <summary>Gives work to teams and follows it.</summary>
public interface ITaskClient
{
    /// <summary>Accepts a task: from here on it is not lost, whatever dies.</summary>
    /// <exception cref="NotFoundException">The team or the workspace does not exist.</exception>
    /// <exception cref="WegentException">The submission cannot be run as it stands; the message says what to change.</exception>
    ValueTask<TurnAccepted> SubmitAsync(TaskSubmission submission, CancellationToken cancellationToken = default);

    /// <summary>Sends a further message to a task that rests.</summary>
    /// <exception cref="NotFoundException">The task does not exist.</exception>
    /// <exception cref="ConflictException">A turn is under way.</exception>
    ValueTask<TurnAccepted> SendAsync(long taskId, string message, string? idempotencyKey = null, CancellationToken cancellationToken = default);

    /// <summary>Reads a task, or null.</summary>
    ValueTask<AgentTask?> FindAsync(long taskId, CancellationToken cancellationToken = default);

    /// <summary>Reads a task by the name of its resource, or null.</summary>
    ValueTask<AgentTask?> FindByNameAsync(string name, string namespaceName = "default", CancellationToken cancellationToken = default);

    /// <summary>Reads a page of the user's tasks, newest first. The query's owner is ignored.</summary>
    ValueTask<IReadOnlyList<AgentTask>> ListAsync(TaskQuery? query = null, CancellationToken cancellationToken = default);

    /// <summary>Reads the messages of a task.</summary>
    /// <exception cref="NotFoundException">The task does not exist.</exception>
    ValueTask<IReadOnlyList<Subtask>> ListMessagesAsync(long taskId, int afterMessageId = 0, CancellationToken cancellationToken = default);

    /// <summary>Asks a task to stop; what was streamed so far is kept. Does nothing to a task that has ended.</summary>
    /// <exception cref="NotFoundException">The task does not exist.</exception>
    ValueTask<AgentTask> CancelAsync(long taskId, CancellationToken cancellationToken = default);

    /// <summary>Runs what failed once more.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="subtaskId">The failed run; null means the last one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NotFoundException">The task or the run does not exist.</exception>
    /// <exception cref="ConflictException">Nothing of it has failed.</exception>
    ValueTask<AgentTask> RetryAsync(long taskId, long? subtaskId = null, CancellationToken cancellationToken = default);

    /// <summary>Answers a pipeline that waits for a person: goes on to the next stage, or runs the stage again.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="again">True runs the stage again.</param>
    /// <param name="prompt">What the stage is asked instead; null keeps what it is due.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NotFoundException">The task does not exist.</exception>
    /// <exception cref="ConflictException">It does not wait for a confirmation.</exception>
    ValueTask<AgentTask> ConfirmAsync(long taskId, bool again = false, string? prompt = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a task; one that runs is cancelled first.</summary>
    /// <exception cref="NotFoundException">The task does not exist.</exception>
    ValueTask DeleteAsync(long taskId, CancellationToken cancellationToken = default);

    /// <summary>Keeps a task's sandbox past its deletion delay, or no longer.</summary>
    /// <exception cref="NotFoundException">The task does not exist.</exception>
    ValueTask PreserveExecutorAsync(long taskId, bool preserve, CancellationToken cancellationToken = default);

    /// <summary>Streams what happens to a task: first what the log holds after <paramref name="afterSeq"/>, then what comes. Never a gap, never a repeat.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="afterSeq">Last number seen; 0 for all.</param>
    /// <param name="follow">False ends the stream after the turn's end; true goes on for later turns.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="NotFoundException">The task does not exist.</exception>
    IAsyncEnumerable<TaskEvent> WatchAsync(long taskId, long afterSeq = 0, bool follow = false, CancellationToken cancellationToken = default);

    /// <summary>The same stream as it is recorded, for hosts that pass it on without decoding.</summary>
    /// <exception cref="NotFoundException">The task does not exist.</exception>
    IAsyncEnumerable<RecordedEvent> WatchRecordedAsync(long taskId, long afterSeq = 0, bool follow = false, CancellationToken cancellationToken = default);

    /// <summary>The workspace's changes since the task began, as a git diff; null when there is no workspace or nothing was recorded.</summary>
    /// <exception cref="NotFoundException">The task does not exist.</exception>
    ValueTask<string?> FindDiffAsync(long taskId, CancellationToken cancellationToken = default);

    /// <summary>Raw output of the task's last run, the newest <paramref name="maxLines"/> lines; null when its sandbox is gone.</summary>
    /// <exception cref="NotFoundException">The task does not exist.</exception>
    ValueTask<IReadOnlyList<string>?> FindOutputAsync(long taskId, int maxLines = 1000, CancellationToken cancellationToken = default);

    /// <summary>A file of the task's workspace; null when the file or the sandbox is gone.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="path">Relative to the working folder.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NotFoundException">The task does not exist.</exception>
    ValueTask<byte[]?> FindFileAsync(long taskId, string path, CancellationToken cancellationToken = default);
}

/// <summary>Work for a team.</summary>
/// <param name="Team">Name of the team.</param>
/// <param name="Prompt">What to do.</param>
public sealed record TaskSubmission(string Team, string Prompt)
{
    /// <summary>Namespace of the team, of the workspace and of the Task resource.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Name of the Task resource; null means <c>task-{id}</c>.</summary>
    public string? Name { get; init; }

    /// <summary>A line that says what it is about; null takes the prompt's first line.</summary>
    public string? Title { get; init; }

    /// <summary>Name of a Workspace resource; null means none.</summary>
    public string? Workspace { get; init; }

    /// <summary>Repository to work on when no workspace is named: https or ssh, without credentials.</summary>
    public string? GitUrl { get; init; }

    /// <summary>Branch of <see cref="GitUrl"/>; null means the default one.</summary>
    public string? Branch { get; init; }

    /// <summary>Folder of this machine to work on a copy of; below one of <c>Workspaces:LocalRoots</c>.</summary>
    public string? WorkspaceFolder { get; init; }

    /// <summary>Name of a Model resource that stands in for the bots' own; null keeps theirs.</summary>
    public string? Model { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Key under which the same submission gives the same task for 24 h; null when there is none.</summary>
    public string? IdempotencyKey { get; init; }
}
