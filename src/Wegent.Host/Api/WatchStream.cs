using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Wegent.Resources;

namespace Wegent.Hosting.Api;

/// <summary>Tells what happens to resources, a JSON object a line, until the client goes or the host stops. What cannot be watched at all is an ordinary error.</summary>
internal sealed class WatchStream(ResourceKind kind, IResourceClient resources, ListParameters parameters) : IResult
{
    private const int MaxUnflushed = 64 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        if (parameters.TimeoutSeconds is { } seconds)
            stop.CancelAfter(TimeSpan.FromSeconds(seconds is >= 1 and <= 86_400 ? seconds : throw new InvalidRequestException($"timeoutSeconds is {seconds}; it may be 1 to 86400.")));

        await using var events = resources.WatchAsync(kind.Name, parameters.ToWatch(), stop.Token).GetAsyncEnumerator(stop.Token);
        try
        {
            // The first event comes at once, and be it a bookmark: from then on it is a stream.
            var isThere = await events.MoveNextAsync();
            httpContext.Response.ContentType = "application/x-ndjson; charset=utf-8";
            httpContext.Response.Headers.CacheControl = "no-cache, no-store";
            httpContext.Response.Headers["X-Accel-Buffering"] = "no";
            await httpContext.Response.StartAsync(stop.Token);
            if (isThere && events.Current.Type == ResourceEventType.Bookmark)
                isThere = await MoveNextAsync(events, httpContext.Response.BodyWriter, stop.Token);
            await CopyAsync(events, isThere, httpContext.Response.BodyWriter, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client went away, its time is over, or the host stops.
        }
        catch (WegentException error) when (httpContext.Response.HasStarted)
        {
            WriteError(httpContext.Response.BodyWriter, error);
            await httpContext.Response.BodyWriter.FlushAsync(stop.Token);
        }
    }

    private async Task CopyAsync(IAsyncEnumerator<ResourceEvent> events, bool isThere, PipeWriter output, CancellationToken cancellationToken)
    {
        while (isThere)
        {
            Write(output, events.Current);
            if (output.UnflushedBytes > MaxUnflushed)
                await output.FlushAsync(cancellationToken);
            isThere = await MoveNextAsync(events, output, cancellationToken);
        }
    }

    // What was written goes out before a wait, so events that are there go out together.
    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ResourceEvent> events, PipeWriter output, CancellationToken cancellationToken)
    {
        var next = events.MoveNextAsync();
        if (next.IsCompleted)
            return await next;
        var pending = next.AsTask();
        try
        {
            await output.FlushAsync(cancellationToken);
        }
        finally
        {
            // An enumerator must not be disposed while it moves; the token ends the move as well.
            await ((Task)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await pending;
    }

    private void Write(PipeWriter output, ResourceEvent news)
    {
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, WordOf(news.Type));
            writer.WritePropertyName("object"u8);
            if (news.Resource is { } resource)
                writer.WriteRawValue(resource.Json, skipInputValidation: true);
            else
                WriteBookmark(writer, news.Version);
            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private void WriteBookmark(Utf8JsonWriter writer, long version)
    {
        writer.WriteStartObject();
        writer.WriteString("apiVersion"u8, ResourceKinds.ApiVersion);
        writer.WriteString("kind"u8, kind.Name);
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("resourceVersion"u8, version.ToString(CultureInfo.InvariantCulture));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteError(PipeWriter output, WegentException error)
    {
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "ERROR");
            writer.WriteStartObject("object"u8);
            writer.WriteNumber("status"u8, ProblemMapping.StatusOf(error));
            writer.WriteString("code"u8, error.Code);
            writer.WriteString("detail"u8, error.Message);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        output.Write(Encoding.UTF8.GetBytes("\n"));
    }

    private static string WordOf(ResourceEventType type) => type switch
    {
        ResourceEventType.Added => "ADDED",
        ResourceEventType.Modified => "MODIFIED",
        ResourceEventType.Deleted => "DELETED",
        _ => "BOOKMARK",
    };
}
