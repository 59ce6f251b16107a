using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Link;

/// <summary>
/// One authenticated link. There is no queue towards the runtime: who has something to say waits for the socket, so a runtime that does
/// not read holds back its own readers and nothing grows.
/// </summary>
/// <param name="socket">The connection.</param>
/// <param name="handler">Carries out the commands.</param>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing to dispose of, and late answers still release it.")]
internal sealed class LinkSession(WebSocket socket, CommandHandler handler)
{
    private const int MaxCommandsAtOnce = 64;
    private const int MaxReaders = 64;
    private const int FirstBuffer = 16 * 1024;

    private readonly SemaphoreSlim sending = new(1);
    private readonly SemaphoreSlim commands = new(MaxCommandsAtOnce);
    private readonly ConcurrentDictionary<long, (LinkReader Reader, CancellationTokenSource Wanted)> readers = new();
    private bool greeted;

    /// <summary>Serves the link until it closes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            while (true)
            {
                (buffer, var length) = await ReceiveAsync(buffer, gone.Token).ConfigureAwait(false);
                if (length < 0)
                    break;
                await AcceptAsync(buffer.AsMemory(0, length), gone.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            await gone.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Receives one frame into the buffer, which grows as needed. The length is -1 when the link is closed.</summary>
    private async Task<(byte[] Buffer, int Length)> ReceiveAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                if (length >= ExecutorProtocol.MaxFrameBytes)
                    return (buffer, await CloseAsync(WebSocketCloseStatus.MessageTooBig, cancellationToken).ConfigureAwait(false));
                var larger = ArrayPool<byte>.Shared.Rent(length * 2);
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }

            var received = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close)
                return (buffer, await CloseAsync(WebSocketCloseStatus.NormalClosure, cancellationToken).ConfigureAwait(false));
            if (received.MessageType == WebSocketMessageType.Binary)
                return (buffer, await CloseAsync(WebSocketCloseStatus.InvalidMessageType, cancellationToken).ConfigureAwait(false));
            length += received.Count;
            if (received.EndOfMessage)
                return (buffer, length);
        }
    }

    private async Task AcceptAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        ExecutorCommand command;
        try
        {
            command = ExecutorFrames.DecodeCommand(frame.Span);
        }
        catch (JsonException)
        {
            // Without an id there is nobody to answer to but the reader of id 0, which is nobody's.
            await SendAsync(Failed(IdOf(frame.Span), ExecutorErrors.Frame, "the frame is no command of this version"), cancellationToken).ConfigureAwait(false);
            return;
        }

        switch (command)
        {
            case AcknowledgeCommand acknowledge:
                if (readers.TryGetValue(acknowledge.Reader, out var acknowledged))
                    acknowledged.Reader.Acknowledge(acknowledge.Next);
                break;
            case UnreadCommand unread:
                if (readers.TryRemove(unread.Reader, out var unwanted))
                    await unwanted.Wanted.CancelAsync().ConfigureAwait(false);
                break;
            default:
                await commands.WaitAsync(cancellationToken).ConfigureAwait(false);
                _ = AnswerAsync(command, cancellationToken);
                break;
        }
    }

    private async Task AnswerAsync(ExecutorCommand command, CancellationToken cancellationToken)
    {
        try
        {
            ExecutorReply reply;
            try
            {
                reply = command switch
                {
                    not HelloCommand when !greeted => throw new CommandException(ExecutorErrors.Greeting, "say hello first"),
                    ReadCommand read => OpenReader(read, cancellationToken),
                    _ => await handler.HandleAsync(command).ConfigureAwait(false),
                };
                greeted |= command is HelloCommand;
            }
            catch (CommandException error)
            {
                reply = Failed(command.Id, error.Code, error.Message);
            }
            catch (Exception error)
            {
                // A defect or the system's refusal. The runtime must get an answer, and other executions must go on.
                ExecutorLog.Write($"{command.GetType().Name} failed: {error}");
                reply = Failed(command.Id, ExecutorErrors.Internal, $"{error.GetType().Name}: {error.Message}");
            }

            await SendAsync(reply, cancellationToken).ConfigureAwait(false);
            if (command is ShutdownCommand && reply is DoneReply)
                handler.Shutdown();
            if (command is ReadCommand && reply is DoneReply && readers.TryGetValue(command.Id, out var opened))
                _ = StreamAsync(command.Id, opened.Reader, opened.Wanted);
        }
        catch (Exception error) when (IsGone(error))
        {
            // The link is gone; the runtime asks again on its next one.
        }
        finally
        {
            commands.Release();
        }
    }

    private DoneReply OpenReader(ReadCommand read, CancellationToken cancellationToken)
    {
        if (read.From < 0 || read.Window <= 0)
            throw new CommandException(ExecutorErrors.Frame, "a reader begins at 0 or later and has a window");
        if (readers.Count >= MaxReaders)
            throw new CommandException(ExecutorErrors.Busy, $"{MaxReaders} readers are open on this link");
        var reader = new LinkReader(read.Id, handler.GetExecution(read.Execution), read.From, read.Window);
        readers[read.Id] = (reader, CancellationTokenSource.CreateLinkedTokenSource(cancellationToken));
        return new DoneReply { Re = read.Id };
    }

    private async Task StreamAsync(long id, LinkReader reader, CancellationTokenSource wanted)
    {
        try
        {
            await reader.RunAsync(SendAsync, wanted.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (IsGone(error))
        {
            // As above.
        }
        catch (IOException error)
        {
            // The journal's disk fails: a link that breaks is all that can be said about it.
            ExecutorLog.Write($"a journal cannot be read: {error.Message}");
            socket.Abort();
        }
        finally
        {
            readers.TryRemove(id, out _);
            wanted.Dispose();
        }
    }

    private async Task SendAsync(ExecutorMessage message, CancellationToken cancellationToken)
    {
        var frame = ExecutorFrames.Encode(message);
        await sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // A cancelled send would abort the socket for everybody, so only the wait for the turn may be cancelled.
            await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task<int> CloseAsync(WebSocketCloseStatus status, CancellationToken cancellationToken)
    {
        await sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await socket.CloseOutputAsync(status, null, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            sending.Release();
        }

        return -1;
    }

    private static long IdOf(ReadOnlySpan<byte> frame)
    {
        try
        {
            var reader = new Utf8JsonReader(frame);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("id"u8))
                    return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var id) ? id : 0;
            }
        }
        catch (JsonException)
        {
            // No JSON at all.
        }

        return 0;
    }

    private static bool IsGone(Exception error) =>
        error is OperationCanceledException or WebSocketException or ObjectDisposedException or InvalidOperationException;

    private static FailedReply Failed(long id, string code, string message) => new() { Re = id, Code = code, Message = message };
}
