using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Wegent.TestKit.Dify;

/// <summary>
/// A Dify server with one application that answers by script: it speaks the service API as Dify does, keeps its conversations, wants its
/// key and a user, refuses calls of the wrong mode by their codes, and remembers what it was asked.
/// </summary>
public sealed class FakeDifyServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<FakeDifyRun> _script = new();
    private readonly ConcurrentQueue<FakeDifyCall> _calls = new();
    private readonly ConcurrentDictionary<string, byte> _conversations = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly WebApplication _app;
    private int _runs;

    private FakeDifyServer()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(FakeDifyServer).Assembly.GetName().Name });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    /// <summary>Where it listens, without <c>/v1</c>: the <c>DIFY_BASE_URL</c> of a model resource.</summary>
    public string BaseUrl { get; private set; } = "";

    /// <summary>The application's key.</summary>
    public string ApiKey { get; set; } = "app-fake-0815";

    /// <summary>What <c>/info</c> says the application's mode is: <c>chat</c>, <c>agent-chat</c>, <c>advanced-chat</c>, <c>workflow</c> or <c>completion</c>.</summary>
    public string Mode { get; set; } = "chat";

    /// <summary>Whether <c>/info</c> leaves the mode out, as old servers do.</summary>
    public bool HidesMode { get; set; }

    /// <summary>The calls so far, in the order they came.</summary>
    public IReadOnlyList<FakeDifyCall> Calls => [.. _calls];

    /// <summary>The calls that started a run.</summary>
    public IReadOnlyList<FakeDifyCall> Runs => [.. _calls.Where(call => call.Body.ContainsKey("response_mode"))];

    /// <summary>Starts a server.</summary>
    public static async Task<FakeDifyServer> StartAsync(CancellationToken cancellationToken = default)
    {
        var server = new FakeDifyServer();
        await server._app.StartAsync(cancellationToken);
        server.BaseUrl = server._app.Urls.Single();
        return server;
    }

    /// <summary>Adds runs to the script; without one it says hello.</summary>
    public FakeDifyServer Enqueue(params ReadOnlySpan<FakeDifyRun> runs)
    {
        foreach (var run in runs)
            _script.Enqueue(run);
        return this;
    }

    /// <summary>Forgets all conversations, as when somebody deleted them in Dify.</summary>
    public void ForgetConversations() => _conversations.Clear();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        var body = context.Request.HasJsonContentType() ? (JsonObject)(await JsonNode.ParseAsync(context.Request.Body, cancellationToken: ends.Token))! : [];
        var path = context.Request.Path.Value!;
        _calls.Enqueue(new FakeDifyCall(context.Request.Method, path, body));
        try
        {
            if (context.Request.Headers.Authorization != $"Bearer {ApiKey}")
                await RefuseAsync(context, HttpStatusCode.Unauthorized, "unauthorized", "Access token is invalid");
            else if (path == "/v1/info")
                await context.Response.WriteAsJsonAsync(HidesMode ? new { name = "app" } : (object)new { name = "app", mode = Mode }, ends.Token);
            else if (body["user"] is null)
                await RefuseAsync(context, HttpStatusCode.BadRequest, "invalid_param", "Arg user must be provided.");
            else if (path.EndsWith("/stop", StringComparison.Ordinal))
                await context.Response.WriteAsJsonAsync(new { result = "success" }, ends.Token);
            else if (path != PathOf(Mode))
                await RefuseAsync(context, HttpStatusCode.BadRequest, path == "/v1/workflows/run" ? "not_workflow_app" : "not_chat_app", "Please check if your app mode matches the right API route.");
            else if (Mode is not "workflow" && body["conversation_id"]?.ToString() is { Length: > 0 } known && !_conversations.ContainsKey(known))
                await RefuseAsync(context, HttpStatusCode.NotFound, "not_found", "Conversation Not Exists.");
            else
                await RunAsync(context, body, ends.Token);
        }
        catch (Exception error) when (ends.IsCancellationRequested && error is OperationCanceledException or IOException)
        {
            context.Abort();
        }
    }

    private async Task RunAsync(HttpContext context, JsonObject body, CancellationToken cancellationToken)
    {
        var run = _script.TryDequeue(out var scripted) ? scripted : Mode == "workflow" ? FakeDifyRun.Workflow(new { text = "Hello from the fake workflow." }) : FakeDifyRun.Answer("Hello from the fake application.");
        if (run.Status != HttpStatusCode.OK)
        {
            await RefuseAsync(context, run.Status, run.Code, run.Message);
            return;
        }

        var number = Interlocked.Increment(ref _runs);
        var conversation = body["conversation_id"]?.ToString() is { Length: > 0 } known ? known : $"conversation-{number}";
        _conversations.TryAdd(conversation, 0);
        context.Response.ContentType = "text/event-stream";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        await context.Response.StartAsync(cancellationToken);
        foreach (var sent in run.Sent)
        {
            await context.Response.WriteAsync(sent.Count == 0 ? "event: ping\n\n" : $"data: {Complete(sent, number, conversation).ToJsonString()}\n\n", cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
        }

        if (run.Ending == FakeDifyEnd.Stall)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        else if (run.Ending == FakeDifyEnd.Cut)
            context.Abort();
    }

    private JsonObject Complete(JsonObject sent, int number, string conversation)
    {
        var message = (JsonObject)sent.DeepClone();
        message["task_id"] = $"run-{number}";
        if (Mode == "workflow")
        {
            message["workflow_run_id"] = $"wf-{number}";
        }
        else
        {
            message["conversation_id"] = conversation;
            message["message_id"] = $"message-{number}";
            message["created_at"] = 1_700_000_000;
        }

        return message;
    }

    private static string PathOf(string mode) => mode switch
    {
        "workflow" => "/v1/workflows/run",
        "completion" => "/v1/completion-messages",
        _ => "/v1/chat-messages",
    };

    private static Task RefuseAsync(HttpContext context, HttpStatusCode status, string code, string message)
    {
        context.Response.StatusCode = (int)status;
        return context.Response.WriteAsJsonAsync(new { code, message, status = (int)status });
    }
}

/// <summary>A call that a fake Dify server received.</summary>
/// <param name="Method">Method, such as <c>POST</c>.</param>
/// <param name="Path">Path, such as <c>/v1/chat-messages</c>.</param>
/// <param name="Body">The body; empty when there was none.</param>
public sealed record FakeDifyCall(string Method, string Path, JsonObject Body);
