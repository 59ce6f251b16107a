using System.Runtime.CompilerServices;

namespace Wegent.Hosting.Realtime;

/// <summary>The room of a task: one reader of its run log for all viewers on this host.</summary>
internal sealed partial class TaskRoom : Room
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    // Frames that may go into the room before its viewers are told, when the log has them at hand.
    private const int WakeAfter = 64;

    private readonly ITaskClient _tasks;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    /// <summary>Opens the room.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="startSeq">The room holds what comes after this number.</param>
    /// <param name="tasks">Tasks of the user it belongs to.</param>
    /// <param name="clock">Clock.</param>
    /// <param name="logger">Log.</param>
    public TaskRoom(long taskId, long startSeq, ITaskClient tasks, TimeProvider clock, ILogger logger)
        : base(NameFor(taskId), startSeq)
    {
        TaskId = taskId;
        _tasks = tasks;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>The task.</summary>
    public long TaskId { get; }

    /// <summary>Name of a task's room.</summary>
    public static string NameFor(long taskId) => $"task:{taskId}";

    /// <summary>Reads what the room no longer keeps, for one viewer: frames after a number, up to where the room's own begin.</summary>
    public async IAsyncEnumerable<Frame> ReadBacklogAsync(long afterSeq, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Follows, so that the stream does not end at the end of a turn; what is asked for is in the store, so it never waits.
        await foreach (var recorded in _tasks.WatchRecordedAsync(TaskId, afterSeq, follow: true, cancellationToken))
        {
            yield return Frames.Event(Name, recorded);
            if (recorded.Seq >= Log.AnchorSeq)
                yield break;
        }
    }

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (NotFoundException)
            {
                return; // deleted: its last event says so, and there will be no other
            }
            catch (Exception error)
            {
                // The store is away for a moment: viewers wait, and miss nothing.
                LogReadFailed(_logger, error, Name);
                await Task.Delay(RetryDelay, _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var news = 0;
        await using var events = _tasks.WatchRecordedAsync(TaskId, Log.LastSeq, follow: true, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            var next = events.MoveNextAsync();
            if (news > 0 && (!next.IsCompleted || news >= WakeAfter))
            {
                WakeAll();
                news = 0;
            }

            if (!await next)
                return;
            Log.Append(Frames.Event(Name, events.Current));
            news++;
        }
    }

    [LoggerMessage(5300, LogLevel.Warning, "room.read_failed: {Room}; trying again")]
    private static partial void LogReadFailed(ILogger logger, Exception exception, string room);
}
