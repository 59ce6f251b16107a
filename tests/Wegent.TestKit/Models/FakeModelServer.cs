using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Wegent.TestKit.Models;

/// <summary>
/// A model service that answers by script, remembers what it was asked, and fails in every way a test may want. Made for agents that run
/// as real programs, in this process or in containers. What it speaks on the wire, the derived classes say.
/// </summary>
/// <remarks>
/// Each request for a message takes the next turn: first of the queues given to <see cref="When"/> whose condition holds, then of the one
/// given to <see cref="Enqueue"/>, and when those are empty what <see cref="Otherwise"/> says. An agent that retries or falls back to a
/// request without streaming asks again, and so takes another turn. Safe for concurrent use.
/// </remarks>
public abstract class FakeModelServer : IAsyncDisposable
{
    private static readonly TimeSpan CutPause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Queue<FakeModelTurn> _script = new();
    private readonly List<(Func<FakeModelRequest, bool> Condition, Queue<FakeModelTurn> Turns)> _conditions = [];
    private readonly List<FakeModelRequest> _requests = [];
    private readonly List<FakeModelRequest> _others = [];
    private readonly List<(int Count, TaskCompletionSource<FakeModelRequest> Reached)> _waiters = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly WebApplication _app;

    private protected FakeModelServer(IPAddress address, int port)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(FakeModelServer).Assembly.GetName().Name });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address, port);
            kestrel.Limits.MaxResponseBufferSize = 0; // what is flushed has left, so that a broken connection loses nothing sent before
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    /// <summary>Where it listens, without a trailing slash: the <c>base_url</c> of a model resource.</summary>
    public string BaseUrl { get; private set; } = "";

    /// <summary>Its port.</summary>
    public int Port => new Uri(BaseUrl).Port;

    /// <summary>The only credential that is accepted; others get 401. Null accepts all.</summary>
    public string? ApiKey { get; set; }

    /// <summary>What it answers when nothing is queued. By default it says hello.</summary>
    public Func<FakeModelRequest, FakeModelTurn> Otherwise { get; set; } = _ => FakeModelTurn.Say("Hello from the fake model.");

    /// <summary>The requests for messages so far, in the order they came.</summary>
    public IReadOnlyList<FakeModelRequest> Requests
    {
        get
        {
            lock (_gate)
                return [.. _requests];
        }
    }

    /// <summary>All other requests so far: warm-ups, token counts, and those it does not know.</summary>
    public IReadOnlyList<FakeModelRequest> OtherRequests
    {
        get
        {
            lock (_gate)
                return [.. _others];
        }
    }

    /// <summary>Adds turns to the script, taken in order by whoever asks.</summary>
    public FakeModelServer Enqueue(params ReadOnlySpan<FakeModelTurn> turns)
    {
        lock (_gate)
        {
            foreach (var turn in turns)
                _script.Enqueue(turn);
        }

        return this;
    }

    /// <summary>Adds turns that only requests take for which the condition holds, such as those with a certain system prompt.</summary>
    public FakeModelServer When(Func<FakeModelRequest, bool> condition, params ReadOnlySpan<FakeModelTurn> turns)
    {
        ArgumentNullException.ThrowIfNull(condition);
        lock (_gate)
            _conditions.Add((condition, new(turns.ToArray())));
        return this;
    }

    /// <summary>Waits until so many requests for messages have come, and returns the last of them.</summary>
    public Task<FakeModelRequest> WaitForRequestAsync(int count, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_requests.Count >= count)
                return Task.FromResult(_requests[count - 1]);

            TaskCompletionSource<FakeModelRequest> reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
    }

    private protected async Task StartAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken);
        BaseUrl = _app.Urls.Single();
    }

    /// <summary>Whether a POST to this path asks for a message.</summary>
    private protected abstract bool IsMessagePath(string path);

    /// <summary>The wire form of a turn.</summary>
    private protected abstract IModelWire CreateWire(FakeModelTurn turn, FakeModelRequest request);

    /// <summary>The answer to a request that asks for no message; null when there is none.</summary>
    private protected virtual JsonObject? AnswerOther(FakeModelRequest request) => null;

    private async Task HandleAsync(HttpContext context)
    {
        using var aborted = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        try
        {
            var isMessage = HttpMethods.IsPost(context.Request.Method) && IsMessagePath(context.Request.Path.Value!);
            var body = await ReadBodyAsync(context.Request, aborted.Token);
            var (request, turn) = Record(context.Request, body, isMessage);
            if (turn is not null)
                await ReplyAsync(context, request, turn, aborted.Token);
            else if (HttpMethods.IsHead(context.Request.Method) || request.Path == "/")
                context.Response.StatusCode = StatusCodes.Status200OK;
            else if (AnswerOther(request) is { } answer)
                await WriteAsync(context, HttpStatusCode.OK, answer, aborted.Token);
            else
                await WriteAsync(context, HttpStatusCode.NotFound, CreateWire(FakeModelTurn.Error(HttpStatusCode.NotFound, "not_found_error", $"{request.Method} {request.Path} is not part of the fake"), request).Error(), aborted.Token);
        }
        catch (Exception error) when (aborted.IsCancellationRequested && error is OperationCanceledException or IOException)
        {
            context.Abort(); // the client went away, or the server stops: nobody reads on
        }
    }

    private static async Task<JsonElement> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using MemoryStream body = new();
        await request.Body.CopyToAsync(body, cancellationToken);
        if (body.Length == 0)
            return default;
        using var document = JsonDocument.Parse(body.ToArray());
        return document.RootElement.Clone();
    }

    private (FakeModelRequest Request, FakeModelTurn? Turn) Record(HttpRequest request, JsonElement body, bool isMessage)
    {
        lock (_gate)
        {
            FakeModelRequest recorded = new()
            {
                Number = isMessage ? _requests.Count + 1 : 0,
                Method = request.Method,
                Path = request.Path + request.QueryString,
                Headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                Body = body,
            };
            if (!isMessage)
            {
                _others.Add(recorded);
                return (recorded, null);
            }

            var turn = Next(recorded);
            _requests.Add(recorded);
            foreach (var (count, reached) in _waiters)
            {
                if (count <= _requests.Count)
                    reached.TrySetResult(_requests[count - 1]);
            }

            return (recorded, turn);
        }
    }

    private FakeModelTurn Next(FakeModelRequest request)
    {
        if (ApiKey is not null && request.Credential != ApiKey)
            return FakeModelTurn.Unauthorized();
        foreach (var (condition, turns) in _conditions)
        {
            if (turns.Count > 0 && condition(request))
                return turns.Dequeue();
        }

        return _script.TryDequeue(out var turn) ? turn : Otherwise(request);
    }

    private async Task ReplyAsync(HttpContext context, FakeModelRequest request, FakeModelTurn turn, CancellationToken cancellationToken)
    {
        var wire = CreateWire(turn, request);
        context.Response.Headers["request-id"] = $"req_fake_{request.Number:0000}";
        if (turn.Status != HttpStatusCode.OK)
        {
            if (turn.RetryAfter is { } wait)
                context.Response.Headers.RetryAfter = wait.TotalSeconds.ToString("0");
            await WriteAsync(context, wire.Status, wire.Error(), cancellationToken);
        }
        else if (turn.Mishap == FakeModelMishap.WebPage)
        {
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync("<!doctype html><title>Welcome</title><p>Please sign in to the network.", cancellationToken);
        }
        else if (request.Stream)
        {
            await StreamAsync(context, turn, wire, cancellationToken);
        }
        else if (turn.Mishap == FakeModelMishap.None)
        {
            await WriteAsync(context, HttpStatusCode.OK, wire.Message(), cancellationToken);
        }
        else
        {
            await MeetAsync(context, turn.Mishap, wire, cancellationToken);
        }
    }

    private static async Task StreamAsync(HttpContext context, FakeModelTurn turn, IModelWire wire, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        var pieces = 0;
        foreach (var message in wire.Events())
        {
            // A block's end counts too: with all its pieces sent, the block stays open. A turn with fewer pieces meets the mishap before its end.
            var due = message.Kind switch
            {
                WireEventKind.Piece or WireEventKind.BlockEnd => pieces == turn.PiecesBefore,
                WireEventKind.End => true,
                _ => false,
            };
            if (turn.Mishap != FakeModelMishap.None && due)
            {
                await MeetAsync(context, turn.Mishap, wire, cancellationToken);
                return;
            }

            if (message.Kind == WireEventKind.Piece)
            {
                pieces++;
                if (turn.PieceDelay > TimeSpan.Zero)
                    await Task.Delay(turn.PieceDelay, cancellationToken);
            }

            await context.Response.WriteAsync(message.Text, cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
        }
    }

    private static async Task MeetAsync(HttpContext context, FakeModelMishap mishap, IModelWire wire, CancellationToken cancellationToken)
    {
        switch (mishap)
        {
            case FakeModelMishap.Stall:
                await context.Response.StartAsync(cancellationToken);
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                break;
            case FakeModelMishap.Garbage:
                await context.Response.WriteAsync(wire.Garbage, cancellationToken);
                break;
            case FakeModelMishap.ErrorEvent:
                await context.Response.WriteAsync(wire.ErrorEvent, cancellationToken);
                break;
            case FakeModelMishap.Cut when context.Response.HasStarted:
                // The end of the connection without the end of the reply; the client notices and goes away. Some clients drop what
                // they have not read when the end comes with it, hence the pause.
                await Task.Delay(CutPause, cancellationToken);
                context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.Shutdown(SocketShutdown.Send);
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                break;
            default:
                context.Abort();
                break;
        }
    }

    private static Task WriteAsync(HttpContext context, HttpStatusCode status, JsonObject body, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = (int)status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), cancellationToken);
    }
}
