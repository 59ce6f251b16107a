using Wegent.Events;

namespace Wegent.Hosting.Commands.Running;

/// <summary>Puts what runs say at the same time one after the other: the run that began first is heard live, the others wait for its end.</summary>
/// <remarks>What waits is bounded by what a run may stream; it is in the log as well.</remarks>
internal sealed class RunsInTurn
{
    private readonly List<(long Run, List<TaskEvent> Said, bool Ended)> _waiting = [];
    private long? _front;

    /// <summary>Takes an event in, and gives those that are due now, in order.</summary>
    public IReadOnlyList<TaskEvent> Next(TaskEvent taskEvent)
    {
        if (RunOf(taskEvent) is not { } run)
            return [taskEvent];

        _front ??= run;
        var ends = taskEvent is ChatDone or ChatError or ChatCancelled;
        if (run != _front)
        {
            var at = _waiting.FindIndex(waiting => waiting.Run == run);
            if (at < 0)
            {
                at = _waiting.Count;
                _waiting.Add((run, [], false));
            }

            _waiting[at].Said.Add(taskEvent);
            _waiting[at] = _waiting[at] with { Ended = ends };
            return [];
        }

        List<TaskEvent> due = [taskEvent];
        while (ends)
        {
            _front = null;
            if (_waiting is not [var next, ..])
                break;
            _waiting.RemoveAt(0);
            due.AddRange(next.Said);
            (_front, ends) = (next.Run, next.Ended);
        }

        return due;
    }

    private static long? RunOf(TaskEvent taskEvent) => taskEvent switch
    {
        ChatStart start => start.SubtaskId,
        ChatChunk chunk => chunk.SubtaskId,
        ChatDone done => done.SubtaskId,
        ChatError error => error.SubtaskId,
        ChatCancelled cancelled => cancelled.SubtaskId,
        _ => null,
    };
}
