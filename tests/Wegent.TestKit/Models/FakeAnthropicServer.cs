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
/// A model service that answers by script: it speaks Anthropic's Messages API, streaming and not, counts tokens, remembers what it was
/// asked, and fails in every way a test may want. Made for agents that run as real programs, in this process or in containers.
/// </summary>
/// <remarks>
/// Each request for a message takes the next turn: first of the queues given to <see cref="When"/> whose condition holds, then of the one
/// given to <see cref="Enqueue"/>, and when those are empty what <see cref="Otherwise"/> says. An agent that retries or falls back to a
/// request without streaming asks again, and so takes another turn. Safe for concurrent use.
/// </remarks>
/// <example><code>
/// await using var model = await FakeAnthropicServer.StartAsync(cancellationToken: ct);
/// model.Enqueue(
///     FakeModelTurn.UseTool("Write", new { file_path = "hello.txt", content = "hello\n" }),
///     FakeModelTurn.Say("Written."));
/// // ... run an agent with base_url = model.BaseUrl and any api_key ...
/// Assert.Equal(2, model.Requests.Count);
/// </code></example>
public sealed class FakeAnthropicServer : IAsyncDisposable
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

    private FakeAnthropicServer(IPAddress address, int port)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(FakeAnthropicServer).Assembly.GetName().Name });
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

    /// <summary>Starts a server.</summary>
    /// <param name="address">Address to listen on; null means loopback. Containers on a bridge network reach the host by the bridge's gateway address.</param>
    /// <param name="port">Port to listen on; 0 means a free one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<FakeAnthropicServer> StartAsync(IPAddress? address = null, int port = 0, CancellationToken cancellationToken = default)
    {
        var server = new FakeAnthropicServer(address ?? IPAddress.Loopback, port);
        await server._app.StartAsync(cancellationToken);
        server.BaseUrl = server._app.Urls.Single();
        return server;
    }

    /// <summary>Adds turns to the script, taken in order by whoever asks.</summary>
    public FakeAnthropicServer Enqueue(params ReadOnlySpan<FakeModelTurn> turns)
    {
        lock (_gate)
        {
            foreach (var turn in turns)
                _script.Enqueue(turn);
        }

        return this;
    }

    /// <summary>Adds turns that only requests take for which the condition holds, such as those with a certain system prompt.</summary>
    public FakeAnthropicServer When(Func<FakeModelRequest, bool> condition, params ReadOnlySpan<FakeModelTurn> turns)
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
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var aborted = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        try
        {
            var isMessage = HttpMethods.IsPost(context.Request.Method) && context.Request.Path.Value!.EndsWith("/v1/messages", StringComparison.Ordinal);
            var body = await ReadBodyAsync(context.Request, aborted.Token);
            var (request, turn) = Record(context.Request, body, isMessage);
            if (turn is not null)
                await ReplyAsync(context, request, turn, aborted.Token);
            else if (HttpMethods.IsHead(context.Request.Method) || request.Path == "/")
                context.Response.StatusCode = StatusCodes.Status200OK;
            else if (context.Request.Path.Value!.EndsWith("/v1/messages/count_tokens", StringComparison.Ordinal))
                await WriteAsync(context, HttpStatusCode.OK, new() { ["input_tokens"] = body.GetRawText().Length / 4 }, aborted.Token);
            else
                await WriteAsync(context, HttpStatusCode.NotFound, AnthropicWire.ErrorOf("not_found_error", $"{request.Method} {request.Path} is not part of the fake"), aborted.Token);
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

    private static async Task ReplyAsync(HttpContext context, FakeModelRequest request, FakeModelTurn turn, CancellationToken cancellationToken)
    {
        AnthropicWire wire = new(turn, $"msg_fake_{request.Number:0000}", request.Model);
        context.Response.Headers["request-id"] = $"req_fake_{request.Number:0000}";
        if (turn.Status != HttpStatusCode.OK)
        {
            if (turn.RetryAfter is { } wait)
                context.Response.Headers.RetryAfter = wait.TotalSeconds.ToString("0");
            await WriteAsync(context, turn.Status, wire.Error(), cancellationToken);
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
            await MeetAsync(context, turn.Mishap, cancellationToken);
        }
    }

    private static async Task StreamAsync(HttpContext context, FakeModelTurn turn, AnthropicWire wire, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        var pieces = 0;
        foreach (var (message, isPiece) in wire.Events())
        {
            // A block's end counts too: with all its pieces sent, the block stays open. A turn with fewer pieces meets the mishap before its end.
            var due = (isPiece || (string?)message["type"] == "content_block_stop") ? pieces == turn.PiecesBefore : (string?)message["type"] == "message_delta";
            if (turn.Mishap != FakeModelMishap.None && due)
            {
                await MeetAsync(context, turn.Mishap, cancellationToken);
                return;
            }

            if (isPiece)
            {
                pieces++;
                if (turn.PieceDelay > TimeSpan.Zero)
                    await Task.Delay(turn.PieceDelay, cancellationToken);
            }

            await context.Response.WriteAsync($"event: {message["type"]}\ndata: {message.ToJsonString()}\n\n", cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
        }
    }

    private static async Task MeetAsync(HttpContext context, FakeModelMishap mishap, CancellationToken cancellationToken)
    {
        switch (mishap)
        {
            case FakeModelMishap.Stall:
                await context.Response.StartAsync(cancellationToken);
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                break;
            case FakeModelMishap.Garbage:
                await context.Response.WriteAsync("event: content_block_delta\ndata: {\"type\": \"content_block_de\n\n", cancellationToken);
                break;
            case FakeModelMishap.ErrorEvent:
                await context.Response.WriteAsync($"event: error\ndata: {AnthropicWire.ErrorOf("overloaded_error", "Overloaded").ToJsonString()}\n\n", cancellationToken);
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
