using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Wegent.Resources;
using Wegent.Resources.Yaml;

namespace Wegent.Hosting.Api;

/// <summary>Sends documents that are JSON already, as JSON or as YAML, whichever the client prefers.</summary>
internal static class Documents
{
    private const string JsonType = "application/json; charset=utf-8";
    private const string YamlType = "application/yaml; charset=utf-8";

    /// <summary>One document.</summary>
    public static IResult One(byte[] json, int status = StatusCodes.Status200OK, string? tag = null) => new Raw(json, status, tag);

    /// <summary>Says that the client has the document already.</summary>
    public static IResult NotModified(string? tag) => new Raw(ReadOnlyMemory<byte>.Empty, StatusCodes.Status304NotModified, tag);

    /// <summary>A list as Kubernetes has it.</summary>
    /// <param name="kind">Kind of the items.</param>
    /// <param name="items">The items as JSON.</param>
    /// <param name="version">The store's newest version; null when the items have none.</param>
    /// <param name="next">Where the next page begins; null when this is the last.</param>
    public static IResult List(ResourceKind kind, IEnumerable<byte[]> items, long? version, string? next) => Written(writer =>
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
    });

    /// <summary>What a function writes.</summary>
    public static IResult Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            write(writer);
        return new Raw(buffer.WrittenMemory, StatusCodes.Status200OK, Tag: null);
    }

    private static bool WantsYaml(HttpRequest request)
    {
        foreach (var type in request.GetTypedHeaders().Accept.OrderByDescending(static type => type.Quality ?? 1))
        {
            if (type.MediaType.Value is "application/yaml" or "application/x-yaml" or "text/yaml" or "text/x-yaml")
                return true;
            if (type.MatchesAllTypes || type.MediaType.Value is "application/json" or "application/*")
                return false;
        }

        return false;
    }

    private sealed record Raw(ReadOnlyMemory<byte> Json, int Status, string? Tag) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = Status;
            response.Headers.Vary = HeaderNames.Accept;
            if (Tag is not null)
                response.Headers.ETag = Tag;
            if (Json.IsEmpty)
                return Task.CompletedTask;

            var (body, type) = WantsYaml(httpContext.Request) ? (ToYaml(), YamlType) : (Json, JsonType);
            response.ContentType = type;
            response.ContentLength = body.Length;
            return response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
        }

        private ReadOnlyMemory<byte> ToYaml()
        {
            using var document = JsonDocument.Parse(Json, new JsonDocumentOptions { MaxDepth = 128 });
            return Encoding.UTF8.GetBytes(ResourceWriter.ToYaml(document.RootElement));
        }
    }
}
