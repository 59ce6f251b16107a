using Wegent.Hosting.Security;
using Wegent.Messaging;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Hosting.Realtime;

/// <summary>Which rooms are open on this host. A room opens with its first viewer and closes with its last.</summary>
internal sealed class RoomRouter(IUserStore users, IHintBus hints, TimeProvider clock, ILogger<RoomRouter> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, TaskRoom> _tasks = [];
    private readonly Dictionary<long, UserRoom> _users = [];

    /// <summary>Rooms that are open.</summary>
    public int OpenRooms
    {
        get
        {
            lock (_gate)
                return _tasks.Count + _users.Count;
        }
    }

    /// <summary>Seats a viewer in a task's room. The caller has made sure that they may.</summary>
    /// <param name="viewer">The socket.</param>
    /// <param name="task">The task as it stands.</param>
    /// <param name="tasks">Tasks of its user.</param>
    /// <param name="afterSeq">Last number that the viewer has seen.</param>
    public Seat Enter(IViewer viewer, AgentTask task, ITaskClient tasks, long afterSeq)
    {
        lock (_gate)
        {
            if (!_tasks.TryGetValue(task.Id, out var room))
            {
                // A little back from the end of the log, so that whoever drops out and resumes finds what they missed in memory.
                var start = Math.Max(Math.Min(afterSeq, task.LastSeq), task.LastSeq - FrameLog.MaxFrames);
                room = new TaskRoom(task.Id, Math.Max(0, start), tasks, clock, logger);
                _tasks.Add(task.Id, room);
                room.Open();
            }

            room.Add(viewer);
            return new Seat(room, afterSeq);
        }
    }

    /// <summary>Seats a socket in its user's room.</summary>
    public Seat Enter(IViewer viewer, Caller caller)
    {
        lock (_gate)
        {
            if (!_users.TryGetValue(caller.UserId, out var room))
            {
                room = new UserRoom(caller.UserId, caller.Wegent, users, hints, clock, logger);
                _users.Add(caller.UserId, room);
                room.Open();
            }

            room.Add(viewer);
            return new Seat(room, room.Log.LastSeq);
        }
    }

    /// <summary>Takes a viewer out of a room.</summary>
    public void Leave(IViewer viewer, Room room)
    {
        lock (_gate)
        {
            if (!room.Remove(viewer))
                return;
            switch (room)
            {
                case TaskRoom task when _tasks.GetValueOrDefault(task.TaskId) == task:
                    _tasks.Remove(task.TaskId);
                    task.Dispose();
                    break;
                case UserRoom user when _users.GetValueOrDefault(user.UserId) == user:
                    _users.Remove(user.UserId);
                    user.Dispose();
                    break;
            }
        }
    }
}
