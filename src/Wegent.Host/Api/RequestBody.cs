using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Wegent.Validation;

namespace Wegent.Hosting.Api;

/// <summary>Reads request bodies. A JSON body is checked against its contract, and every fault has its line and column.</summary>
internal static class RequestBody
{
    /// <summary>For descriptions of routes: what a body must be is said by the handler, with a reason, not by the router.</summary>
    public const string AnyType = "*/*";

    private const string Source = "(body)";

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static ReadOnlySpan<byte> Utf8Bom => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a JSON body with a contract.</summary>
    /// <exception cref="InvalidRequestException">It is no JSON, has a field that the contract does not know, or a value of another type.</exception>
    public static async ValueTask<T> ReadJsonAsync<T>(HttpRequest request, JsonTypeInfo<T> contract)
        where T : class
    {
        if (!IsJson(request))
            throw new WegentException("request.media_type", $"This takes Content-Type: application/json, not '{request.ContentType}'.");
        return Parse((await ReadAsync(request)).Span, contract);
    }

    /// <summary>Whether the body says that it is JSON.</summary>
    public static bool IsJson(HttpRequest request) =>
        request.ContentType is { } type
        && (type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) || type.Contains("+json", StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a whole body, within the server's limit.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request)
    {
        using var buffer = new MemoryStream((int)Math.Clamp(request.ContentLength ?? 4096, 0, 1024 * 1024));
        await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);
        var bytes = new ReadOnlyMemory<byte>(buffer.GetBuffer(), 0, (int)buffer.Length);
        return bytes.Span.StartsWith(Utf8Bom) ? bytes[Utf8Bom.Length..] : bytes;
    }

    /// <summary>Reads a body of text, UTF-8.</summary>
    /// <exception cref="InvalidRequestException">It is not UTF-8.</exception>
    public static async ValueTask<string> ReadTextAsync(HttpRequest request) => TextOf((await ReadAsync(request)).Span);

    /// <summary>UTF-8 as text.</summary>
    /// <exception cref="InvalidRequestException">It is not UTF-8.</exception>
    public static string TextOf(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return s_strict.GetString(utf8);
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidRequestException($"The body is not UTF-8: see byte {error.Index}.");
        }
    }

    /// <summary>Reads JSON with a contract.</summary>
    /// <exception cref="InvalidRequestException">It does not fit.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> contract)
        where T : class
    {
        try
        {
            CheckFields(json, contract);
            return JsonSerializer.Deserialize(json, contract) ?? throw new InvalidRequestException("The body is null; send an object.");
        }
        catch (JsonException error)
        {
            var path = error.Path?.TrimStart('$', '.') ?? "";
            var column = error.LineNumber is null ? 1 : ColumnOf(json, (int)error.LineNumber, (int)(error.BytePositionInLine ?? 0));
            throw Fault("HTTP0001", MessageFor(error, path), (int)(error.LineNumber ?? 0) + 1, column, path, null);
        }
    }

    /// <summary>Reads a part of a document with a contract. Fields that the contract does not know are passed over if it says so.</summary>
    /// <exception cref="InvalidRequestException">It does not fit.</exception>
    public static T Bind<T>(JsonElement element, JsonTypeInfo<T> contract)
        where T : class
    {
        try
        {
            return element.Deserialize(contract) ?? throw new InvalidRequestException("An object is expected here.");
        }
        catch (JsonException error)
        {
            throw new InvalidRequestException(MessageFor(error, error.Path?.TrimStart('$', '.') ?? ""));
        }
    }

    // The library's message names .NET types for a value of another type; its messages about syntax and missing fields are for people.
    private static string MessageFor(JsonException error, string path)
    {
        if (error.Message.Contains("null values", StringComparison.Ordinal) || error.Message.Contains("' on type '", StringComparison.Ordinal))
            return $"field '{path}' may not be null";
        if (error.InnerException is not null || error.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal))
            return path.Length == 0 ? "an object is expected here" : $"field '{path}' has a value of another type than it takes";
        if (error.Message.Contains("missing required properties", StringComparison.Ordinal))
            return "field " + error.Message[(error.Message.IndexOf(':', StringComparison.Ordinal) + 2)..].Split(" Path:")[0].TrimEnd('.') + " is missing";
        var end = error.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        return (end < 0 ? error.Message : error.Message[..end]).Split(" LineNumber:")[0].TrimEnd('.');
    }

    // The serializer would refuse an unknown field too, but without its place and without the nearest name.
    private static void CheckFields(ReadOnlySpan<byte> json, JsonTypeInfo contract)
    {
        var known = contract.Properties.Select(static property => property.Name).ToList();
        var faults = new List<Diagnostic>();
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1 || reader.GetString() is not { } name || known.Contains(name))
                continue;
            var (line, column) = PlaceOf(json, (int)reader.TokenStartIndex);
            faults.Add(Finding("HTTP0002", $"unknown field '{name}'", line, column, name, $"it is one of {string.Join(", ", known)}"));
        }

        if (faults.Count > 0)
            throw new InvalidRequestException($"{faults[0]}", faults);
    }

    private static InvalidRequestException Fault(string code, string message, int line, int column, string path, string? hint)
    {
        var finding = Finding(code, message, line, column, path, hint);
        return new InvalidRequestException(finding.ToString(), finding);
    }

    private static Diagnostic Finding(string code, string message, int line, int column, string path, string? hint) => new()
    {
        Code = code,
        Severity = DiagnosticSeverity.Error,
        Message = message,
        File = Source,
        Line = line,
        Column = column,
        Path = path,
        Hint = hint,
    };

    private static (int Line, int Column) PlaceOf(ReadOnlySpan<byte> json, int index)
    {
        var before = json[..index];
        var start = before.LastIndexOf((byte)'\n') + 1;
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[start..]) + 1);
    }

    private static int ColumnOf(ReadOnlySpan<byte> json, int line, int byteInLine)
    {
        for (; line > 0; line--)
            json = json[(json.IndexOf((byte)'\n') + 1)..];
        return Encoding.UTF8.GetCharCount(json[..Math.Min(byteInLine, json.Length)]) + 1;
    }
}
