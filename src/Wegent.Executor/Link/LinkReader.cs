using Wegent.Executor.Executions;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Link;

/// <summary>
/// Streams one execution's output to one link, never further ahead of its acknowledgements than its window. What waits, waits on disk.
/// </summary>
/// <param name="id">Id of the reader.</param>
/// <param name="execution">What is read.</param>
/// <param name="from">First line wanted.</param>
/// <param name="window">Bytes that may be under way.</param>
internal sealed class LinkReader(long id, Execution execution, long from, int window)
{
    private readonly Lock gate = new();
    private readonly Queue<(long End, int Cost)> underWay = [];
    private int bytesUnderWay;
    private TaskCompletionSource room = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Says that the runtime has consumed all lines before a number.</summary>
    public void Acknowledge(long next)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            while (underWay.TryPeek(out var batch) && batch.End <= next)
                bytesUnderWay -= underWay.Dequeue().Cost;
            signal = room;
            room = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        signal.SetResult();
    }

    /// <summary>Sends until everything is sent.</summary>
    /// <param name="send">Sends one message.</param>
    /// <param name="cancellationToken">The link is gone, or the reader is not wanted any more.</param>
    public async Task RunAsync(Func<ExecutorMessage, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        var reader = execution.Journal.OpenReader(from);
        while (await execution.Journal.WaitAsync(reader.Next, cancellationToken).ConfigureAwait(false))
        {
            var free = await WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
            var first = reader.Next;
            var lines = reader.Read(Math.Min(free, ExecutorProtocol.MaxBatchBytes), out var cost);
            lock (gate)
            {
                underWay.Enqueue((reader.Next, cost));
                bytesUnderWay += cost;
            }

            await send(new LinesMessage { Reader = id, First = first, Lines = lines }, cancellationToken).ConfigureAwait(false);
        }

        var exit = await execution.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
        await send(new EndedMessage { Reader = id, Next = execution.Journal.Lines, Exit = exit }, cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task signal;
            lock (gate)
            {
                if (bytesUnderWay < window)
                    return window - bytesUnderWay;
                signal = room.Task;
            }

            await signal.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
