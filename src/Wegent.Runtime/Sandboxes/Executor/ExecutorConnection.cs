using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Websocket.Client;
using Wegent.Sandboxes;
using Wegent.Sandboxes.Wire;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes.Executor;

/// <summary>
/// The runtime's side of the link: connects, connects again when it breaks, and tells the end of the sandbox from the end of a
/// connection. Whoever asks over it notices nothing of a broken link but the time it takes.
/// </summary>
/// <remarks>
/// The client library reconnects; it neither keeps what was sent meanwhile nor holds back what arrives. So every command is asked again
/// over the next link until it is answered (they are idempotent), and output is pulled by number within a window.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "DisposeAsync disposes of them.")]
internal sealed class ExecutorConnection : IAsyncDisposable
{
    private static readonly TimeSpan ReconnectPause = TimeSpan.FromMilliseconds(250);

    private readonly ExecutorEndpoint endpoint;
    private readonly ISandboxLife life;
    private readonly ILogger logger;
    private readonly WebsocketClient client;
    private readonly ITimer patience;
    private readonly TimeSpan unreachableTimeout;
    private readonly Lock gate = new();
    private readonly CancellationTokenSource disposed = new();
    private TaskCompletionSource<ExecutorLink> current = NewPromise();
    private ExecutorLink? newest;
    private WelcomeReply? welcome;
    private SandboxException? lost;

    private ExecutorConnection(ExecutorEndpoint endpoint, string secret, ISandboxLife life, TimeSpan unreachableTimeout, TimeProvider clock, ILogger logger)
    {
        this.endpoint = endpoint;
        this.life = life;
        this.logger = logger;
        this.unreachableTimeout = unreachableTimeout;
        patience = clock.CreateTimer(_ => OnUnreachable(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        client = new WebsocketClient(endpoint.Link, logger: null, (_, cancellationToken) => endpoint.ConnectAsync(secret, cancellationToken))
        {
            MessageEncoding = Encoding.UTF8,
            ReconnectTimeout = null, // silence is normal; a dead peer is found by pings
            ErrorReconnectTimeout = ReconnectPause,
            IsReconnectionEnabled = true,
        };
        client.ReconnectionHappened.Subscribe(_ => OnConnected());
        client.DisconnectionHappened.Subscribe(info => OnDisconnected(info.Exception));
        client.MessageReceived.Subscribe(OnMessage);
    }

    /// <summary>What the executor said of itself, first or last.</summary>
    public WelcomeReply Welcome => welcome ?? throw new InvalidOperationException("The connection is not open yet.");

    /// <summary>Connects to an executor that is ready. Takes over the endpoint and the life, also when it fails.</summary>
    /// <param name="endpoint">Where it listens.</param>
    /// <param name="secret">The sandbox's secret.</param>
    /// <param name="life">What the place knows of the sandbox.</param>
    /// <param name="unreachableTimeout">How long a living sandbox may be out of reach before it counts as lost.</param>
    /// <param name="clock">The clock of the timeout.</param>
    /// <param name="logger">Takes what happens to the link.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SandboxException">It does not answer, refuses the secret, or speaks another version.</exception>
    public static async Task<ExecutorConnection> OpenAsync(
        ExecutorEndpoint endpoint,
        string secret,
        ISandboxLife life,
        TimeSpan unreachableTimeout,
        TimeProvider clock,
        ILogger logger,
        CancellationToken cancellationToken)
    {
        var connection = new ExecutorConnection(endpoint, secret, life, unreachableTimeout, clock, logger);
        try
        {
            _ = connection.WatchLifeAsync();
            await connection.client.StartOrFail().WaitAsync(cancellationToken).ConfigureAwait(false);
            await connection.GetLinkAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (Exception error)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (error is SandboxException or OperationCanceledException)
                throw;
            throw new SandboxException(FailureReason.SandboxStartFailed, $"the sandbox's executor at {endpoint.Display} cannot be reached: {error.Message}", error);
        }
    }

    /// <summary>Asks a command until it is answered, over as many links as it takes.</summary>
    /// <exception cref="SandboxException">The sandbox is lost, or the executor refused the command.</exception>
    public async Task<TReply> AskAsync<TReply>(Func<long, ExecutorCommand> make, CancellationToken cancellationToken)
        where TReply : ExecutorReply =>
        await TryAskAsync(make, cancellationToken).ConfigureAwait(false) switch
        {
            TReply reply => reply,
            FailedReply failed => throw ExecutorFailure.ToException(failed),
            var other => throw new SandboxException(FailureReason.Internal, $"the executor answered with an unexpected {other.GetType().Name}"),
        };

    /// <summary>The same, with a refusal as an answer.</summary>
    /// <exception cref="SandboxException">The sandbox is lost.</exception>
    public async Task<ExecutorReply> TryAskAsync(Func<long, ExecutorCommand> make, CancellationToken cancellationToken)
    {
        while (true)
        {
            var link = await GetLinkAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await link.AskAsync(make, cancellationToken).ConfigureAwait(false);
            }
            catch (LinkBrokenException)
            {
                // Once more over the next link, or the loss of the sandbox.
            }
        }
    }

    /// <summary>The link that is open, or will be.</summary>
    /// <exception cref="SandboxException">The sandbox is lost.</exception>
    public async Task<ExecutorLink> GetLinkAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<ExecutorLink> next;
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(disposed.IsCancellationRequested, this);
                if (lost is not null)
                    throw new SandboxException(lost.Reason, lost.Message, lost); // each who waits gets one with a stack of its own
                next = current.Task;
            }

            try
            {
                return await next.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (next.IsCanceled)
            {
                // Lost or disposed, as the next look tells.
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (disposed.IsCancellationRequested)
                return;
            disposed.Cancel();
        }

        client.IsReconnectionEnabled = false;
        client.Dispose();
        BreakLink();
        await patience.DisposeAsync().ConfigureAwait(false);
        life.Dispose();
        endpoint.Dispose();
    }

    private async Task WatchLifeAsync()
    {
        // Disposing of the life may leave its task incomplete; then nobody is interested any more.
        Lose(await life.Ended.ConfigureAwait(false));
    }

    // Called by the client while it holds its own lock, so nothing may be awaited here.
    private void OnConnected()
    {
        var link = new ExecutorLink(SendAsync);
        lock (gate)
            newest = link;
        _ = GreetAsync(link);
    }

    private async Task GreetAsync(ExecutorLink link)
    {
        try
        {
            var reply = await link.AskAsync(id => new HelloCommand { Id = id, Versions = [ExecutorProtocol.Version] }, disposed.Token).ConfigureAwait(false);
            switch (reply)
            {
                case FailedReply failed:
                    Lose(ExecutorFailure.ToException(failed));
                    break;
                case WelcomeReply said when welcome is not null && welcome.Instance != said.Instance:
                    Lose(new SandboxException(FailureReason.SandboxLost, "the sandbox was started again from outside, and what ran in it is gone"));
                    break;
                case WelcomeReply said:
                    Enter(link, said);
                    break;
            }
        }
        catch (Exception error) when (error is LinkBrokenException or OperationCanceledException)
        {
            // The next link greets anew.
        }
    }

    private void Enter(ExecutorLink link, WelcomeReply said)
    {
        bool again;
        lock (gate)
        {
            if (newest != link)
                return; // broken while it was greeted
            again = welcome is not null;
            welcome = said;
            current.TrySetResult(link);
        }

        patience.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (again)
            logger.LinkBack(endpoint.Display);
    }

    private void OnDisconnected(Exception? error)
    {
        if (BreakLink())
        {
            if (!disposed.IsCancellationRequested)
                logger.LinkBroken(endpoint.Display, error?.Message ?? "closed");
            patience.Change(unreachableTimeout, Timeout.InfiniteTimeSpan);
        }

        _ = ExamineAsync();
    }

    /// <summary>Breaks the link that is open or being greeted. True when one was open.</summary>
    private bool BreakLink()
    {
        ExecutorLink? link;
        bool wasOpen;
        lock (gate)
        {
            link = newest;
            newest = null;
            wasOpen = current.Task.IsCompletedSuccessfully;
            if (wasOpen)
                current = NewPromise();
            if (lost is not null || disposed.IsCancellationRequested)
                current.TrySetCanceled();
        }

        link?.Break();
        return wasOpen;
    }

    private async Task ExamineAsync()
    {
        try
        {
            if (await life.ExamineAsync(disposed.Token).ConfigureAwait(false) is { } cause)
                Lose(cause);
        }
        catch (Exception error) when (error is SandboxException or OperationCanceledException or ObjectDisposedException)
        {
            // The place does not answer: nothing is known, so nothing is said.
        }
    }

    private void OnUnreachable() =>
        Lose(new SandboxException(FailureReason.SandboxLost, $"the sandbox could not be reached at {endpoint.Display} for {unreachableTimeout.TotalSeconds:0} s"));

    private void Lose(SandboxException cause)
    {
        lock (gate)
        {
            if (lost is not null || disposed.IsCancellationRequested)
                return;
            lost = cause;
        }

        client.IsReconnectionEnabled = false;
        BreakLink();
    }

    private void OnMessage(ResponseMessage message)
    {
        ExecutorLink? link;
        lock (gate)
            link = newest;
        if (link is null || message.Text is null)
            return;
        try
        {
            if (!link.Dispatch(ExecutorFrames.DecodeMessage(message.Text)))
                Lose(new SandboxException(FailureReason.Internal, "the executor sent more than it was asked for; it was cut off"));
        }
        catch (JsonException)
        {
            Lose(new SandboxException(FailureReason.Internal, "the executor sent what is no message of the wire contract; it was cut off"));
        }
    }

    private async Task SendAsync(ExecutorCommand command)
    {
        try
        {
            await client.SendInstant(Encoding.UTF8.GetString(ExecutorFrames.Encode(command))).ConfigureAwait(false);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            throw new LinkBrokenException();
        }
    }

    private static TaskCompletionSource<ExecutorLink> NewPromise() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
