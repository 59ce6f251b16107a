using System.Collections.Concurrent;
using Wegent.Sandboxes.Wire;

namespace Wegent.Runtime.Sandboxes.Executor;

/// <summary>One connection to an executor, from its greeting until it breaks: questions that wait for answers, and open readers.</summary>
/// <param name="send">Sends one frame.</param>
internal sealed class ExecutorLink(Func<ExecutorCommand, Task> send)
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<ExecutorReply>> questions = new();
    private readonly ConcurrentDictionary<long, ExecutorReader> readers = new();
    private readonly TaskCompletionSource broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long lastId;

    /// <summary>Completes when the link has broken.</summary>
    public Task Broken => broken.Task;

    /// <summary>Sends a command and waits for its answer.</summary>
    /// <param name="make">Makes the command with the id it is given.</param>
    /// <param name="cancellationToken">Ends the wait, not what was begun.</param>
    /// <exception cref="LinkBrokenException">The link broke before the answer came; the command may have been carried out.</exception>
    public async Task<ExecutorReply> AskAsync(Func<long, ExecutorCommand> make, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref lastId);
        var answer = new TaskCompletionSource<ExecutorReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        questions[id] = answer;
        try
        {
            // Looked at after the entry was made: whoever breaks the link fails all entries that are there.
            if (Broken.IsCompleted)
                throw new LinkBrokenException();
            await send(make(id)).ConfigureAwait(false);
            return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            questions.TryRemove(id, out _);
        }
    }

    /// <summary>Begins to read the output of an execution.</summary>
    /// <param name="execution">Its id.</param>
    /// <param name="from">First line wanted.</param>
    /// <param name="window">Bytes that may be under way without an acknowledgement.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The reader, or why there is none.</returns>
    /// <exception cref="LinkBrokenException">The link broke.</exception>
    public async Task<(ExecutorReader? Reader, FailedReply? Failure)> OpenReaderAsync(string execution, long from, int window, CancellationToken cancellationToken)
    {
        ExecutorReader? reader = null;
        var reply = await AskAsync(
            id =>
            {
                reader = new ExecutorReader(id, window, this);
                readers[id] = reader;
                return new ReadCommand { Id = id, Execution = execution, From = from, Window = window };
            },
            cancellationToken).ConfigureAwait(false);
        if (reply is DoneReply)
            return (reader, null);
        await CloseReaderAsync(reader!).ConfigureAwait(false); // made before the command was sent
        return (null, reply as FailedReply);
    }

    /// <summary>Says what a reader has consumed.</summary>
    public Task AcknowledgeAsync(ExecutorReader reader, long next) => TrySendAsync(new AcknowledgeCommand { Id = 0, Reader = reader.Id, Next = next });

    /// <summary>Ends a reader.</summary>
    public Task CloseReaderAsync(ExecutorReader reader) =>
        readers.TryRemove(reader.Id, out _) ? TrySendAsync(new UnreadCommand { Id = 0, Reader = reader.Id }) : Task.CompletedTask;

    /// <summary>Hands a received message to whom it concerns. What concerns nobody any more is dropped.</summary>
    /// <returns>False when the executor breaks the contract, so that the link must be closed.</returns>
    public bool Dispatch(ExecutorMessage message)
    {
        switch (message)
        {
            case ExecutorReply reply when questions.TryGetValue(reply.Re, out var question):
                question.TrySetResult(reply);
                return true;
            case LinesMessage lines when readers.TryGetValue(lines.Reader, out var reader):
                return reader.TryAdd(lines);
            case EndedMessage ended when readers.TryRemove(ended.Reader, out var reader):
                return reader.TryAdd(ended);
            default:
                return true;
        }
    }

    /// <summary>The connection is gone: everybody who waits is told.</summary>
    public void Break()
    {
        broken.TrySetResult();
        foreach (var question in questions.Values)
            question.TrySetException(new LinkBrokenException());
        foreach (var reader in readers.Values)
            reader.Break();
    }

    private async Task TrySendAsync(ExecutorCommand command)
    {
        try
        {
            if (!Broken.IsCompleted)
                await send(command).ConfigureAwait(false);
        }
        catch (LinkBrokenException)
        {
            // Then there is nothing to acknowledge or to end either.
        }
    }
}
