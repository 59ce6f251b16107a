using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Wegent.Resources;

namespace Wegent.Hosting.Api;

/// <summary>Sends documents that are JSON already.</summary>
internal static class Documents
{
    private const string ContentType = "application/json; charset=utf-8";

    public static IResult One(byte[] json, int status = StatusCodes.Status200OK) => new Raw(json, status);

    /// <summary>A list as Kubernetes has it.</summary>
    /// <param name="kind">Kind of the items.</param>
    /// <param name="items">The items as JSON.</param>
    /// <param name="version">The store's newest version; null when the items have none.</param>
    /// <param name="next">Where the next page begins; null when this is the last.</param>
    public static IResult List(ResourceKind kind, IEnumerable<byte[]> items, long? version, string? next)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("apiVersion"u8, ResourceKinds.ApiVersion);
            writer.WriteString("kind"u8, kind.ListName);
            writer.WriteStartObject("metadata"u8);
            if (version is { } known)
                writer.WriteString("resourceVersion"u8, known.ToString(CultureInfo.InvariantCulture));
            if (next is not null)
                writer.WriteString("continue"u8, next);
            writer.WriteEndObject();
            writer.WriteStartArray("items"u8);
            foreach (var item in items)
                writer.WriteRawValue(item, skipInputValidation: true);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return new Raw(buffer.WrittenMemory, StatusCodes.Status200OK);
    }

    /// <summary>What a function writes.</summary>
    public static IResult Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer))
            write(writer);
        return new Raw(buffer.WrittenMemory, StatusCodes.Status200OK);
    }

    private sealed class Raw(ReadOnlyMemory<byte> json, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.ContentType = ContentType;
            httpContext.Response.ContentLength = json.Length;
            return httpContext.Response.Body.WriteAsync(json, httpContext.RequestAborted).AsTask();
        }
    }
}
