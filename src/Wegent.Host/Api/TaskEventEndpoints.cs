using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Wegent.Events;
using Wegent.Hosting.Security;

namespace Wegent.Hosting.Api;

/// <summary>A task's events as server-sent events: the run log from any number on, then live.</summary>
internal static class TaskEventEndpoints
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    public static void MapTaskEvents(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/tasks/{task}/events", StreamAsync)
            .WithTags("Tasks")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream")
            .WithSummary("What happens to a task, as server-sent events; ends with the turn unless follow=true");

    private static async Task StreamAsync(HttpContext context, Caller caller, string task, string? @namespace, long? after_seq, bool? follow, TimeProvider clock, IHostApplicationLifetime lifetime)
    {
        var afterSeq = StartOf(context.Request, after_seq);
        var found = await caller.Tasks.GetTaskAsync(task, @namespace, context.RequestAborted);

        // A host that stops ends its streams: readers come back with Last-Event-ID, to this host or another.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache, no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await context.Response.StartAsync(stop.Token);
        try
        {
            await using var events = caller.Tasks.WatchRecordedAsync(found.Id, afterSeq, follow ?? false, stop.Token).GetAsyncEnumerator(stop.Token);
            await CopyAsync(events, context.Response, clock, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The reader went away, or the host stops.
        }
        catch (NotFoundException)
        {
            // Deleted while it was watched: the last event says so.
        }
    }

    private static async Task CopyAsync(IAsyncEnumerator<RecordedEvent> events, HttpResponse response, TimeProvider clock, CancellationToken cancellationToken)
    {
        var output = response.BodyWriter;
        while (await MoveNextAsync(events, output, clock, cancellationToken))
        {
            Write(output, events.Current);
            if (output.UnflushedBytes > 64 * 1024)
                await output.FlushAsync(cancellationToken);
        }

        await output.FlushAsync(cancellationToken);
    }

    // What was written goes out before a wait, so events that are there go out together.
    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<RecordedEvent> events, PipeWriter output, TimeProvider clock, CancellationToken cancellationToken)
    {
        var next = events.MoveNextAsync();
        if (next.IsCompleted)
            return await next;
        var pending = next.AsTask();
        try
        {
            await output.FlushAsync(cancellationToken);
            while (await Task.WhenAny(pending, Task.Delay(HeartbeatInterval, clock, cancellationToken)) != pending && !cancellationToken.IsCancellationRequested)
            {
                output.Write(": keep-alive\n\n"u8);
                await output.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            // An enumerator must not be disposed while it moves; the token ends the move as well.
            await ((Task)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await pending;
    }

    // JSON text has no line break in it, so the data is one line.
    private static void Write(IBufferWriter<byte> output, RecordedEvent recorded)
    {
        output.Write("id: "u8);
        output.Write(Encoding.ASCII.GetBytes(recorded.Seq.ToString(CultureInfo.InvariantCulture)));
        output.Write("\nevent: "u8);
        output.Write(Encoding.ASCII.GetBytes(recorded.Name));
        output.Write("\ndata: "u8);
        output.Write(recorded.Data.Span);
        output.Write("\n\n"u8);
    }

    // A reader that reconnects by itself sends the header, and the address it began with: the header is the newer one.
    private static long StartOf(HttpRequest request, long? afterSeq)
    {
        if (request.Headers["Last-Event-ID"] is [{ Length: > 0 } last])
            return long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq : throw new InvalidRequestException($"Last-Event-ID is '{last}'; it is the id of an event: a whole number.");
        return afterSeq is null or >= 0 ? afterSeq ?? 0 : throw new InvalidRequestException($"after_seq is {afterSeq}; it may be 0 or more.");
    }
}
