using System.Globalization;
using System.Text.Json;
using Wegent.Hosting.Security;
using Wegent.Resources;
using Wegent.Resources.Yaml;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Hosting.Api;

/// <summary>Tasks: give work, look, and steer. A task is named by its number or its name.</summary>
internal static class TaskEndpoints
{
    public static void MapTasks(this IEndpointRouteBuilder routes)
    {
        foreach (var prefix in (string[])["/api/v1/tasks", "/api/v1/namespaces/{ns}/tasks"])
        {
            var tasks = routes.MapGroup(prefix).WithTags("Tasks");
            tasks.MapGet("", ListAsync).WithSummary("Tasks, newest first");
            tasks.MapPost("", SubmitAsync).Accepts<SubmitBody>("application/json", RequestBody.AnyType).Produces(StatusCodes.Status201Created).WithSummary("Give work to a team: a Task resource, or the flat form");
            tasks.MapGet("/{task}", GetAsync).WithSummary("One task with its result");
            tasks.MapDelete("/{task}", DeleteAsync).WithSummary("Delete a task; one that runs is cancelled first");
        }

        var one = routes.MapGroup("/api/v1/tasks/{task}").WithTags("Tasks");
        one.MapGet("/subtasks", ListMessagesAsync).WithSummary("The messages of a task");
        one.MapPost("/messages", SendAsync).Accepts<MessageBody>("application/json", RequestBody.AnyType).Produces<TurnReply>(StatusCodes.Status201Created).WithSummary("Send a further message");
        one.MapPost("/cancel", CancelAsync).WithSummary("Ask a task to stop");
        one.MapPost("/retry", RetryAsync).WithSummary("Run what failed once more");
        one.MapPost("/confirm", ConfirmAsync).WithSummary("Let a pipeline go on, or run its stage again");
        one.MapGet("/pipeline-stage-info", StagesAsync).WithSummary("Where a pipeline stands");
        one.MapPost("/preserve-executor", PreserveAsync).WithSummary("Keep the sandbox past its deletion delay");
        one.MapDelete("/preserve-executor", UnpreserveAsync).WithSummary("Keep the sandbox no longer than usual");
    }

    private static async Task<IResult> ListAsync(Caller caller, string? ns, string? status, string? team, int? limit, string? cursor, CancellationToken cancellationToken)
    {
        var query = new TaskQuery
        {
            Status = status is null ? null : TaskStates.FromWire(status) ?? throw new InvalidRequestException($"status '{status}' is none; it is PENDING, RUNNING, COMPLETED, FAILED, CANCELLING, CANCELLED or PENDING_CONFIRMATION."),
            TeamName = team,
            Limit = RouteValues.Limit(limit, standard: 50),
            MayLag = true,
            BeforeId = cursor is null ? null : long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw new InvalidRequestException("The cursor is not one that a list gave."),
        };
        var page = await caller.Tasks.ListAsync(query, cancellationToken);
        var next = page.Count == query.Limit ? page[^1].Id.ToString(CultureInfo.InvariantCulture) : null;
        var inNamespace = ns is null ? page : page.Where(task => task.Namespace == RouteValues.Namespace(ns));
        return Documents.List(ResourceKinds.Get(ResourceKinds.Task), inNamespace.Select(static task => TaskDocuments.ToJson(task)), version: null, next);
    }

    private static async Task<IResult> SubmitAsync(HttpContext context, Caller caller, string? ns)
    {
        var key = context.Request.Headers["Idempotency-Key"] is [{ Length: > 0 } given] ? given : null;
        if (key is { Length: > 255 })
            throw new InvalidRequestException($"The Idempotency-Key has {key.Length} characters; it may have 255.");
        var submission = await ReadSubmissionAsync(context.Request, key, ns is null ? null : RouteValues.Namespace(ns));
        var accepted = await caller.Tasks.SubmitAsync(submission, context.RequestAborted);
        context.Response.Headers.Location = $"/api/v1/tasks/{accepted.Id}";
        return Documents.One(TaskDocuments.ToJson(accepted.Task), StatusCodes.Status201Created);
    }

    private static async Task<IResult> GetAsync(Caller caller, string task, string? ns, string? @namespace, CancellationToken cancellationToken)
    {
        var found = await caller.Tasks.GetTaskAsync(task, ns is null ? @namespace : RouteValues.Namespace(ns), cancellationToken);
        return Documents.One(TaskDocuments.ToJson(found, await caller.Tasks.ListMessagesAsync(found.Id, 0, cancellationToken)));
    }

    private static async Task<IResult> DeleteAsync(Caller caller, string task, string? ns, string? @namespace, CancellationToken cancellationToken)
    {
        var found = await caller.Tasks.GetTaskAsync(task, ns is null ? @namespace : RouteValues.Namespace(ns), cancellationToken);
        await caller.Tasks.DeleteAsync(found.Id, cancellationToken);
        return Results.NoContent();
    }

    private static async Task<SubtaskList> ListMessagesAsync(Caller caller, string task, string? @namespace, int? after_message_id, CancellationToken cancellationToken)
    {
        var found = await caller.Tasks.GetTaskAsync(task, @namespace, cancellationToken);
        var messages = await caller.Tasks.ListMessagesAsync(found.Id, after_message_id ?? 0, cancellationToken);
        return new SubtaskList(found.Id, [.. messages.Select(SubtaskReply.Of)]);
    }

    private static async Task<IResult> SendAsync(HttpContext context, Caller caller, string task, string? @namespace)
    {
        var found = await caller.Tasks.GetTaskAsync(task, @namespace, context.RequestAborted);
        var body = await RequestBody.ReadJsonAsync(context.Request, ApiJson.Default.MessageBody);
        var key = context.Request.Headers["Idempotency-Key"] is [{ Length: > 0 } given] ? given : null;
        var accepted = await caller.Tasks.SendAsync(found.Id, body.ToText(), key, context.RequestAborted);
        return Results.Json(new TurnReply(accepted.Id, accepted.Message.Id, accepted.Message.MessageId), ApiJson.Readable.TurnReply, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> CancelAsync(Caller caller, string task, string? @namespace, CancellationToken cancellationToken)
    {
        var found = await caller.Tasks.GetTaskAsync(task, @namespace, cancellationToken);
        return Documents.One(TaskDocuments.ToJson(await caller.Tasks.CancelAsync(found.Id, cancellationToken)));
    }

    private static async Task<IResult> RetryAsync(HttpContext context, Caller caller, string task, string? @namespace)
    {
        var found = await caller.Tasks.GetTaskAsync(task, @namespace, context.RequestAborted);
        var body = RequestBody.IsJson(context.Request) ? await RequestBody.ReadJsonAsync(context.Request, ApiJson.Default.RetryBody) : null;
        return Documents.One(TaskDocuments.ToJson(await caller.Tasks.RetryAsync(found.Id, body?.SubtaskId, context.RequestAborted)));
    }

    private static async Task<IResult> ConfirmAsync(HttpContext context, Caller caller, string task, string? @namespace)
    {
        var found = await caller.Tasks.GetTaskAsync(task, @namespace, context.RequestAborted);
        var body = RequestBody.IsJson(context.Request) ? await RequestBody.ReadJsonAsync(context.Request, ApiJson.Default.ConfirmBody) : new ConfirmBody();
        var again = body.Action switch
        {
            "continue" => false,
            "retry" => true,
            _ => throw new InvalidRequestException($"action is '{body.Action}'; it may be continue or retry."),
        };
        return Documents.One(TaskDocuments.ToJson(await caller.Tasks.ConfirmAsync(found.Id, again, body.ConfirmedPrompt, context.RequestAborted)));
    }

    private static async Task<PipelineStages> StagesAsync(Caller caller, string task, string? @namespace, CancellationToken cancellationToken)
    {
        var found = await caller.Tasks.GetTaskAsync(task, @namespace, cancellationToken);
        return PipelineStages.Of(found, await caller.Tasks.ListMessagesAsync(found.Id, 0, cancellationToken));
    }

    private static Task<IResult> PreserveAsync(Caller caller, string task, string? @namespace, CancellationToken cancellationToken) =>
        SetPreserveAsync(caller, task, @namespace, preserve: true, cancellationToken);

    private static Task<IResult> UnpreserveAsync(Caller caller, string task, string? @namespace, CancellationToken cancellationToken) =>
        SetPreserveAsync(caller, task, @namespace, preserve: false, cancellationToken);

    private static async Task<IResult> SetPreserveAsync(Caller caller, string task, string? namespaceName, bool preserve, CancellationToken cancellationToken)
    {
        var found = await caller.Tasks.GetTaskAsync(task, namespaceName, cancellationToken);
        await caller.Tasks.PreserveExecutorAsync(found.Id, preserve, cancellationToken);
        return Documents.One(TaskDocuments.ToJson(found with { PreserveExecutor = preserve }));
    }

    private static async ValueTask<TaskSubmission> ReadSubmissionAsync(HttpRequest request, string? idempotencyKey, string? namespaceName)
    {
        var body = await RequestBody.ReadAsync(request);
        if (RequestBody.IsJson(request) && !IsResource(body.Span))
        {
            var submission = RequestBody.Parse(body.Span, ApiJson.Default.SubmitBody).ToSubmission(idempotencyKey);
            return namespaceName is null ? submission : submission with { Namespace = namespaceName };
        }

        var set = ResourceReader.Read(RequestBody.TextOf(body.Span), "(body)", new ReaderOptions { DefaultNamespace = namespaceName ?? ObjectMeta.DefaultNamespace });
        if (set.HasErrors)
            throw new InvalidResourcesException(set.Diagnostics);
        return set.Resources.ToList() is [TaskResource task]
            ? FromResource(task, idempotencyKey)
            : throw new InvalidRequestException("This takes one resource of kind Task; POST /api/v1/apply takes others, and many.");
    }

    private static bool IsResource(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && (reader.ValueTextEquals("kind"u8) || reader.ValueTextEquals("apiVersion"u8)))
                    return true;
            }
        }
        catch (JsonException)
        {
            // No JSON at all: whoever reads it next says where.
        }

        return false;
    }

    private static TaskSubmission FromResource(TaskResource task, string? idempotencyKey) => new(task.Spec.TeamRef.Name, task.Spec.Prompt)
    {
        Namespace = task.Metadata.Namespace,
        Name = task.Metadata.Name,
        Title = task.Spec.Title,
        Workspace = task.Spec.WorkspaceRef?.Name,
        Labels = task.Metadata.Labels ?? new Dictionary<string, string>(),
        IdempotencyKey = idempotencyKey,
    };
}
