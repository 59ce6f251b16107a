using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>How to reach one MCP server: a program to start, or an address. Other fields are handed to the agent as they stand.</summary>
public sealed record McpServer : IFreeForm
{
    /// <summary>Transport: <c>stdio</c>, <c>sse</c>, <c>http</c> or <c>streamable-http</c>. Null: stdio with a command, else http.</summary>
    public string? Type { get; init; }

    /// <summary>Program to start, for stdio.</summary>
    public string? Command { get; init; }

    /// <summary>The program's arguments, each one word of its command line.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Environment of the program. Values may be <c>${secret:NAME}</c> or <c>${env:NAME}</c>.</summary>
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    /// <summary>Address, for the transports over HTTP.</summary>
    public string? Url { get; init; }

    /// <summary>Request headers, for the transports over HTTP. Values may be <c>${secret:NAME}</c> or <c>${env:NAME}</c>.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Every other field, for the agent. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
