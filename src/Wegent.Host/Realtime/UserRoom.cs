using Wegent.Events;
using Wegent.Messaging;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Hosting.Realtime;

/// <summary>The room of a user: which of their tasks came, and how each one stands, whether a socket has joined it or not.</summary>
/// <remarks>
/// It reads tasks, not logs: a hint says "look", and what changed since the last look is told, as it stands then. So a state
/// that a task only passed through may be left out here; the task's own room leaves nothing out. The number of an event is how far
/// the task's log had come. It also looks whether the user may still be here.
/// </remarks>
internal sealed partial class UserRoom : Room
{
    private static readonly TimeSpan LookAtLeastEvery = TimeSpan.FromSeconds(30);

    // Clocks of hosts that share a store differ: a look goes back so far behind the newest change that was seen.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    private const int PageSize = 500;

    private readonly long _userId;
    private readonly IWegentClient _client;
    private readonly IUserStore _users;
    private readonly IHintBus _hints;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Dictionary<long, (TaskState Status, int Progress, DateTimeOffset ChangedAt)> _told = [];
    private DateTimeOffset _lookedUntil;
    private long _order;

    public UserRoom(long userId, IWegentClient client, IUserStore users, IHintBus hints, TimeProvider clock, ILogger logger)
        : base($"user:{userId}", startSeq: 0)
    {
        _userId = userId;
        _client = client;
        _users = users;
        _hints = hints;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>The user's number.</summary>
    public long UserId => _userId;

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        using var hints = _hints.Subscribe(HintTopics.User(_client.Owner));
        _lookedUntil = _clock.GetUtcNow();
        var tell = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                // The first look only learns how things stand.
                await LookOnceAsync(tell, cancellationToken);
                tell = true;
                await hints.WaitAsync(LookAtLeastEvery, cancellationToken);
                await RecheckAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogLookFailed(_logger, error, Name);
                await Task.Delay(TimeSpan.FromSeconds(1), _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async ValueTask LookOnceAsync(bool tell, CancellationToken cancellationToken)
    {
        var since = _lookedUntil - Overlap;
        var changed = new List<AgentTask>();
        foreach (TaskState? status in (TaskState?[])[null, TaskState.Delete])
        {
            for (long? before = null; ;)
            {
                var page = await _client.Tasks.ListAsync(new TaskQuery { Status = status, ChangedSince = since, BeforeId = before, Limit = PageSize }, cancellationToken);
                changed.AddRange(page);
                if (page.Count < PageSize)
                    break;
                before = page[^1].Id;
            }
        }

        foreach (var task in changed.OrderBy(static task => task.UpdatedAt).ThenBy(static task => task.Id))
        {
            var known = _told.TryGetValue(task.Id, out var last);
            _told[task.Id] = (task.Status, task.Progress, task.UpdatedAt);
            if (tell && !known && task.CreatedAt >= since)
                Tell(task, new TaskCreated { TaskId = task.Id, Title = task.Title, TeamName = task.Plan.TeamName, CreatedAt = task.CreatedAt });
            if (tell && (!known || last.Status != task.Status || last.Progress != task.Progress))
                Tell(task, new TaskStatusChanged { TaskId = task.Id, Status = task.Status, Progress = task.Progress, ErrorMessage = task.ErrorMessage, Reason = task.Reason, CompletedAt = task.CompletedAt });
            if (task.UpdatedAt > _lookedUntil)
                _lookedUntil = task.UpdatedAt;
        }

        // What rests and lies further back than a look goes will not be met again before it changes.
        foreach (var (id, entry) in _told)
        {
            if (entry.Status.IsFinal() && entry.ChangedAt < _lookedUntil - Overlap)
                _told.Remove(id);
        }

        if (changed.Count > 0)
            WakeAll();
    }

    private void Tell(AgentTask task, TaskEvent taskEvent) =>
        Log.Append(Frames.Event(Name, task.LastSeq, taskEvent.Name, RecordedEvent.Encode(taskEvent), order: ++_order));

    private async ValueTask RecheckAsync(CancellationToken cancellationToken)
    {
        var user = await _users.FindAsync(_userId, cancellationToken);
        foreach (var viewer in Viewers())
            viewer.Recheck(user);
    }

    [LoggerMessage(5301, LogLevel.Warning, "room.look_failed: {Room}; trying again")]
    private static partial void LogLookFailed(ILogger logger, Exception exception, string room);
}
