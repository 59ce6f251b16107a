using System.Net;
using System.Text.Json;

namespace Wegent.Runtime.Agents.Chat;

/// <summary>A model service did not answer with a stream: it refused, failed, or something else stands at its address.</summary>
/// <param name="status">Status of the reply.</param>
/// <param name="type">The service's word for the kind of error; null when it gave none.</param>
/// <param name="code">The service's code for the error; null when it gave none.</param>
/// <param name="words">The error in the service's words; may be empty.</param>
/// <param name="retryAfter">How long it asks to wait; null when it does not say.</param>
internal sealed class ModelReplyException(HttpStatusCode status, string? type, string? code, string words, TimeSpan? retryAfter) : Exception(words)
{
    public int Status => (int)status;

    public string? Type => type;

    public string? ErrorCode => code;

    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>The reply behind an exception, however it was wrapped on its way; null when there is none.</summary>
    public static ModelReplyException? FindIn(Exception? error)
    {
        while (error is not (null or ModelReplyException))
            error = error.InnerException;
        return error as ModelReplyException;
    }

    /// <summary>Reads an error reply: OpenAI and Anthropic both put <c>error</c> with <c>type</c> and <c>message</c> into it, the former a <c>code</c> as well.</summary>
    public static ModelReplyException Read(HttpStatusCode status, string body, TimeSpan? retryAfter)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement is { ValueKind: JsonValueKind.Object } root)
            {
                var error = root.TryGetProperty("error", out var inner) ? inner : root;
                if (error.ValueKind == JsonValueKind.String)
                    return new(status, null, null, error.GetString()!, retryAfter);
                return new(status, Text(error, "type"), Text(error, "code"), Text(error, "message") ?? Text(error, "detail") ?? "", retryAfter);
            }
        }
        catch (JsonException)
        {
            // Not a model service's form; its words are of no use then, as with a proxy's page.
        }

        return new(status, null, null, "", retryAfter);
    }

    private static string? Text(JsonElement error, string name) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
