using System.Text;

namespace Wegent.Executor.Link;

/// <summary>The head of an HTTP/1.1 request, read strictly: what is not exactly as expected is refused.</summary>
internal sealed class RequestHead
{
    /// <summary>Longest head in bytes.</summary>
    public const int MaxBytes = 8 * 1024;

    private readonly Dictionary<string, string> headers;

    private RequestHead(string method, string path, Dictionary<string, string> headers)
    {
        Method = method;
        Path = path;
        this.headers = headers;
    }

    /// <summary>The method, such as <c>GET</c>.</summary>
    public string Method { get; }

    /// <summary>The path as it was sent, query included.</summary>
    public string Path { get; }

    /// <summary>The value of a header, or null. No header may occur twice, so there is only one.</summary>
    public string? this[string name] => headers.GetValueOrDefault(name);

    /// <summary>Whether this asks for a WebSocket of RFC 6455, and with which key.</summary>
    public string? WebSocketKey =>
        Method == "GET"
        && string.Equals(this["Upgrade"], "websocket", StringComparison.OrdinalIgnoreCase)
        && this["Connection"] is { } connection
        && connection.Split(',', StringSplitOptions.TrimEntries).Contains("Upgrade", StringComparer.OrdinalIgnoreCase)
        && this["Sec-WebSocket-Version"] == "13"
        && this["Sec-WebSocket-Key"] is { Length: 24 } key
            ? key
            : null;

    /// <summary>Reads a head that ends with an empty line; null when it is malformed.</summary>
    public static RequestHead? Parse(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (value is (< 0x20 and not (byte)'\r' and not (byte)'\n' and not (byte)'\t') or >= 0x7f)
                return null;
        }

        var lines = Encoding.ASCII.GetString(bytes).Split("\r\n");
        if (lines is not [var request, .. var fields, "", ""] || request.Split(' ') is not [var method, ['/', ..] path, "HTTP/1.1"])
            return null;
        Dictionary<string, string> found = new(StringComparer.OrdinalIgnoreCase);
        foreach (var field in fields)
        {
            var colon = field.IndexOf(':');
            if (colon <= 0 || field.AsSpan(0, colon).ContainsAny(" \t\r\n") || field.AsSpan().ContainsAny('\r', '\n'))
                return null;
            if (!found.TryAdd(field[..colon], field[(colon + 1)..].Trim(' ', '\t')))
                return null;
        }

        return new RequestHead(method, path, found);
    }
}
