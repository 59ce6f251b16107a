using System.Runtime.CompilerServices;
using Wegent.Sandboxes;
using Wegent.Sandboxes.Wire;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes.Executor;

/// <summary>An execution behind a link.</summary>
/// <param name="id">Its id.</param>
/// <param name="connection">The sandbox's connection.</param>
internal sealed class ExecutorExecution(string id, ExecutorConnection connection) : IExecution
{
    private const int SignalBase = 128;

    /// <inheritdoc/>
    public string Id => id;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ExecutionOutput> ReadAsync(long fromLine, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromLine);
        var next = fromLine;
        while (true)
        {
            var reader = await OpenAsync(next, cancellationToken).ConfigureAwait(false);
            await using var closing = reader.ConfigureAwait(false);
            while (await TakeAsync(reader, cancellationToken).ConfigureAwait(false) is { } message)
            {
                if (message is EndedMessage ended)
                {
                    yield return ToExit(ended);
                    yield break;
                }

                foreach (var line in LinesOf(message, next))
                    yield return ToLine(next++, line);
                await reader.AcknowledgeAsync(next).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteLineAsync(string inputId, string line, CancellationToken cancellationToken) =>
        await connection.AskAsync<DoneReply>(
            command => new WriteCommand { Id = command, Execution = id, Input = inputId, Line = line }, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask CloseInputAsync(CancellationToken cancellationToken) =>
        await connection.AskAsync<DoneReply>(command => new CloseInputCommand { Id = command, Execution = id }, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask StopAsync(TimeSpan interruptGrace, TimeSpan terminateGrace, CancellationToken cancellationToken)
    {
        var reply = await connection.TryAskAsync(
            command => new StopCommand
            {
                Id = command,
                Execution = id,
                InterruptMs = (int)interruptGrace.TotalMilliseconds,
                TerminateMs = (int)terminateGrace.TotalMilliseconds,
            },
            cancellationToken).ConfigureAwait(false);

        // One that is forgotten has ended.
        if (reply is FailedReply { Code: not ExecutorErrors.ExecutionForgotten } failed)
            throw ExecutorFailure.ToException(failed);
    }

    private async Task<ExecutorReader> OpenAsync(long next, CancellationToken cancellationToken)
    {
        while (true)
        {
            var link = await connection.GetLinkAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var (reader, failure) = await link.OpenReaderAsync(id, next, ExecutorProtocol.DefaultWindow, cancellationToken).ConfigureAwait(false);
                return reader ?? throw (failure is null
                    ? new SandboxException(FailureReason.Internal, "the executor gave an unexpected answer")
                    : ExecutorFailure.ToException(failure));
            }
            catch (LinkBrokenException)
            {
                // Over the next link, or the loss of the sandbox.
            }
        }
    }

    /// <summary>The next message, or null when the link has broken.</summary>
    private static async Task<ExecutorMessage?> TakeAsync(ExecutorReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.Messages.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is LinkBrokenException or System.Threading.Channels.ChannelClosedException)
        {
            return null;
        }
    }

    private static IReadOnlyList<WireLine> LinesOf(ExecutorMessage message, long next) =>
        message is LinesMessage lines && lines.First == next && lines.Lines.All(line => line is not null)
            ? lines.Lines
            : throw new SandboxException(FailureReason.Internal, $"the executor left a gap before line {next}, or in it");

    private static ExecutionLine ToLine(long number, WireLine line) => new(number, line.Err, line.Text, line.Cut > 0);

    private static ExecutionExited ToExit(EndedMessage ended) => new(
        ended.Next,
        ended.Exit.Code ?? SignalBase + ended.Exit.Signal.GetValueOrDefault(),
        ended.Exit.Reason == WireExitReasons.Exited ? null : ended.Exit.Reason);
}
