using System.Net.WebSockets;
using System.Threading.Channels;
using Wegent.Storage;

namespace Wegent.Hosting.Realtime;

/// <summary>One WebSocket: a loop that reads what the client says, a loop that sends what it is told, and one end for both.</summary>
/// <remarks>
/// What the client asks is answered one by one, so a client that floods waits for itself. What rooms have is taken when there
/// is room to send, so a reader that stops holds up nobody, and costs a batch of memory until it is closed.
/// </remarks>
internal sealed partial class ChatSocket : IViewer
{
    private const int PendingAnswers = 16;

    // A write that takes longer means that the reader, not the burst, is why a socket has fallen behind.
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly WebSocket _socket;
    private readonly SharedStream _stream;
    private readonly RealtimeOptions _options;
    private readonly TimeProvider _clock;
    private readonly int _tokenVersion;
    private readonly Channel<Outgoing> _outgoing = Channel.CreateBounded<Outgoing>(new BoundedChannelOptions(PendingAnswers) { SingleReader = true });
    private readonly TaskCompletionSource<SocketClose> _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Seat> _seats = [];
    private readonly SendBatch _batch = new();
    private readonly ILogger _logger;
    private int _woken;
    private bool _stalled;

    public ChatSocket(WebSocket socket, SharedStream stream, int tokenVersion, RealtimeOptions options, TimeProvider clock, ILogger logger)
    {
        _socket = socket;
        _stream = stream;
        _tokenVersion = tokenVersion;
        _options = options;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Serves the client until one side ends it.</summary>
    /// <param name="handle">Takes one message of the client; false when it was none that we know.</param>
    /// <param name="abort">Breaks the connection.</param>
    /// <param name="stopping">Ends it because the host stops.</param>
    public async Task RunAsync(Func<ReadOnlyMemory<byte>, ValueTask<bool>> handle, Action abort, CancellationToken stopping)
    {
        using var life = new CancellationTokenSource();
        using var stop = stopping.Register(() => Close(SocketClose.Restart));
        var receiving = ReceiveAsync(handle);
        var sending = SendAsync(life.Token);
        var close = await _closing.Task;
        await life.CancelAsync();

        // What is half written must go out before the close frame can; whoever is too slow gets time to read it.
        var grace = close == SocketClose.TooSlow ? _options.SlowReaderGrace : CloseTimeout;
        try
        {
            await sending.WaitAsync(grace, _clock, CancellationToken.None);
            using var timeout = new CancellationTokenSource(CloseTimeout, _clock);
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await _socket.CloseOutputAsync(close.Status, close.Reason, timeout.Token);
            await receiving.WaitAsync(grace, _clock, CancellationToken.None);
        }
        catch (Exception error) when (IsBroken(error) || error is TimeoutException)
        {
            // The peer is gone or does not read: there is nobody to say goodbye to.
            abort();
        }

        LogClosed(_logger, (int)close.Status);
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends the socket; the first reason counts.</summary>
    public void Close(SocketClose why) => _closing.TrySetResult(why);

    /// <summary>Queues an answer. Waits while the client does not read the ones before.</summary>
    public async ValueTask AnswerAsync(Outgoing answer)
    {
        // The end of the socket must not leave the reading loop waiting here.
        var written = _outgoing.Writer.WriteAsync(answer);
        if (!written.IsCompleted)
            await Task.WhenAny(written.AsTask(), _closing.Task);
    }

    /// <inheritdoc/>
    public void Wake()
    {
        // When the channel is full there is something in it, so the sender comes by anyway.
        if (Interlocked.Exchange(ref _woken, 1) == 0)
            _outgoing.Writer.TryWrite(default);
    }

    /// <inheritdoc/>
    public void Recheck(UserRecord? user)
    {
        if (user is not { IsActive: true } || user.TokenVersion != _tokenVersion)
            Close(SocketClose.TokenEnded);
    }

    private async Task ReceiveAsync(Func<ReadOnlyMemory<byte>, ValueTask<bool>> handle)
    {
        var bad = 0;
        try
        {
            while (true)
            {
                // A read without a buffer waits for a frame: an idle socket holds no memory for it.
                var begun = await _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
                if (begun.MessageType == WebSocketMessageType.Close)
                {
                    Close(SocketClose.ByClient);
                    return;
                }

                using var message = await ReadMessageAsync(begun);
                if (message is null)
                {
                    Close(SocketClose.TooBig);
                    return;
                }

                if (_closing.Task.IsCompleted)
                    continue; // only the client's close frame matters any more
                bad = await handle(begun.MessageType == WebSocketMessageType.Text ? message.Content : ReadOnlyMemory<byte>.Empty) ? 0 : bad + 1;
                if (bad >= RealtimeOptions.MaxBadFrames)
                    Close(SocketClose.BadFrames);
            }
        }
        catch (Exception error) when (IsBroken(error))
        {
            Close(SocketClose.ByClient);
        }
        catch (Exception error)
        {
            LogDefect(_logger, error);
            Close(SocketClose.Defect);
        }
    }

    // Null when it is too big.
    private async ValueTask<ReceivedMessage?> ReadMessageAsync(ValueWebSocketReceiveResult begun)
    {
        var message = new ReceivedMessage();
        for (var part = begun; !part.EndOfMessage;)
        {
            if (message.Length >= RealtimeOptions.MaxClientFrame)
            {
                message.Dispose();
                return null;
            }

            part = await _socket.ReceiveAsync(message.Free(), CancellationToken.None);
            message.Advance(part.Count);
        }

        return message;
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync(cancellationToken))
            {
                while (await SendOnceAsync(cancellationToken))
                {
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Closing.
        }
        catch (Exception error) when (IsBroken(error))
        {
            Close(SocketClose.ByClient);
        }
        catch (Exception error)
        {
            // The store is away, or a task that was watched is gone: the client comes again and resumes, or learns it.
            LogSendFailed(_logger, error);
            Close(SocketClose.Restart);
        }
        finally
        {
            foreach (var seat in _seats)
                await seat.DisposeAsync();
        }
    }

    // One batch; true when there may be more.
    private async ValueTask<bool> SendOnceAsync(CancellationToken cancellationToken)
    {
        var more = false;
        while (_outgoing.Reader.TryPeek(out var step))
        {
            more = step.Frame is { } frame && !_batch.TryAdd(frame);
            if (more)
                break;
            _outgoing.Reader.TryRead(out _);
            await ApplyAsync(step);
        }

        // After the channel is drained and before the rooms are looked at: what comes from now on puts something into it again.
        Interlocked.Exchange(ref _woken, 0);
        for (var i = 0; i < _seats.Count && !more; i++)
        {
            var taken = _seats[i].Take(_batch);
            if (taken == Taken.Behind && !await CatchUpAsync(_seats[i], cancellationToken))
                return false;
            more |= taken != Taken.All;
        }

        if (_batch.IsEmpty)
            return more;

        // Another room first next time, so that a busy one does not starve the rest.
        if (more && _seats.Count > 1)
        {
            _seats.Add(_seats[0]);
            _seats.RemoveAt(0);
        }

        await FlushAsync(cancellationToken);
        return more;
    }

    private async ValueTask ApplyAsync(Outgoing step)
    {
        if ((step.Join?.Room ?? step.Leave) is not { } room)
            return;
        if (_seats.Find(seat => seat.Room == room) is { } old)
        {
            _seats.Remove(old);
            await old.DisposeAsync();
        }

        if (step.Join is { } seat)
            _seats.Add(seat);
    }

    private async ValueTask<bool> CatchUpAsync(Seat seat, CancellationToken cancellationToken)
    {
        if (!_stalled && await seat.TakeBacklogAsync(_batch, cancellationToken))
            return true;
        Close(SocketClose.TooSlow);
        return false;
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var begun = _clock.GetTimestamp();
        var write = _stream.WriteAsync(_batch.Content, CancellationToken.None);
        if (write.IsCompletedSuccessfully)
        {
            await write;
        }
        else
        {
            var writing = write.AsTask();
            try
            {
                await writing.WaitAsync(_options.SendTimeout, _clock, cancellationToken);
            }
            catch (TimeoutException)
            {
                Close(SocketClose.TooSlow);
                await writing;
                return;
            }
            catch (OperationCanceledException)
            {
                await writing; // closing: half a frame would spoil the close frame after it
                throw;
            }
        }

        _stalled = _clock.GetElapsedTime(begun) > Stall;
        _batch.Clear();
    }

    private static bool IsBroken(Exception error) => error is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException;

    [LoggerMessage(5310, LogLevel.Debug, "socket.closed: {Status}")]
    private static partial void LogClosed(ILogger logger, int status);

    [LoggerMessage(5312, LogLevel.Error, "socket.defect")]
    private static partial void LogDefect(ILogger logger, Exception exception);

    [LoggerMessage(5311, LogLevel.Warning, "socket.send_failed")]
    private static partial void LogSendFailed(ILogger logger, Exception exception);
}
