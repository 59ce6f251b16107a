using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wegent.Runtime.Agents.ClaudeCode;

/// <summary>Writes a ghost's MCP servers in the form of Claude Code's <c>--mcp-config</c>.</summary>
internal static class ClaudeCodeMcpConfig
{
    /// <summary>The file's text; null when there are no servers.</summary>
    /// <exception cref="WegentException">The servers are no JSON object.</exception>
    public static string? Write(string? serversJson)
    {
        if (string.IsNullOrWhiteSpace(serversJson))
            return null;
        if (Parse(serversJson) is not JsonObject servers)
            throw new WegentException("agent.mcp_servers_invalid", "The MCP servers of the bot's ghost are no map of names and servers; mend mcpServers in the Ghost resource.");
        if (servers is { Count: 1 } && servers["mcpServers"] is JsonObject inner)
            servers = inner;
        if (servers.Count == 0)
            return null;

        JsonObject written = [];
        foreach (var (name, server) in servers)
        {
            if (server?.DeepClone() is JsonObject copy)
                written[name] = WithTransport(copy);
        }

        return new JsonObject { ["mcpServers"] = written }.ToJsonString();
    }

    private static JsonNode? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Claude Code takes a server without a type for a program, and knows <c>streamable-http</c> as <c>http</c>.</summary>
    private static JsonObject WithTransport(JsonObject server)
    {
        if (server["type"] is JsonValue type && type.TryGetValue<string>(out var name))
        {
            if (name is "streamable-http" or "streamable_http" or "streamableHttp")
                server["type"] = "http";
        }
        else if (server.ContainsKey("url"))
        {
            server["type"] = "http";
        }

        return server;
    }
}
