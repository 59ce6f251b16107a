using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Wegent.Agents;
using Wegent.Resources;
using Wegent.Sandboxes;

namespace Wegent.Runtime.Agents.ClaudeCode;

/// <summary>Claude Code, run as a program that reads prompts and writes events as lines of JSON.</summary>
/// <remarks>
/// Nothing secret or long is an argument: settings with the credential, MCP servers and the system prompt are files that only the
/// sandbox's user can read. The program stays up until its input is closed, which is due after the translator's final event.
/// </remarks>
internal sealed class ClaudeCodeAgent(IOptions<ClaudeCodeOptions> options) : ISandboxAgent
{
    private static readonly string Interrupt = new JsonObject
    {
        ["type"] = "control_request",
        ["request_id"] = "wegent-interrupt",
        ["request"] = new JsonObject { ["subtype"] = "interrupt" },
    }.ToJsonString();

    /// <inheritdoc/>
    public string ShellType => ShellTypes.ClaudeCode;

    /// <inheritdoc/>
    /// <exception cref="WegentException">The ghost's MCP servers are no JSON object.</exception>
    public ExecutionSpec Prepare(AgentRequest request, SandboxPaths paths)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(paths);
        var folder = $"{paths.Home.TrimEnd('/')}/.wegent/{request.ExecutionId}";
        List<SandboxFile> files = [];
        List<string> arguments =
        [
            "-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose", "--include-partial-messages",
            "--permission-mode", options.Value.PermissionMode,
            "--settings", AddFile("settings.json", Settings(request)),
        ];
        if (request.SessionId is { } session)
            arguments.AddRange(["--resume", session]);
        else
            arguments.AddRange(["--session-id", NewSessionId(request)]);
        if (!string.IsNullOrWhiteSpace(request.SystemPrompt))
            arguments.AddRange(["--append-system-prompt-file", AddFile("system-prompt.md", request.SystemPrompt)]);
        if (options.Value.MaxTurns is { } turns)
            arguments.AddRange(["--max-turns", turns.ToString()]);
        arguments.Add("--strict-mcp-config"); // the ghost's servers count, not those a repository brings
        if (ClaudeCodeMcpConfig.Write(request.McpServersJson) is { } mcp)
            arguments.AddRange(["--mcp-config", AddFile("mcp.json", mcp)]);

        return new ExecutionSpec
        {
            Id = request.ExecutionId,
            Program = options.Value.Program,
            Arguments = arguments,
            Environment = Environment(),
            WorkingDirectory = paths.Workspace,
            Files = files,
            InputLines = [UserLine(request.Prompt)],
            InterruptLine = Interrupt,
        };

        string AddFile(string name, string content)
        {
            files.Add(new SandboxFile($"{folder}/{name}", content));
            return $"{folder}/{name}";
        }
    }

    /// <inheritdoc/>
    public IAgentTranslator CreateTranslator(AgentRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new ClaudeCodeTranslator(request, options.Value.SilenceLimit);
    }

    /// <summary>
    /// Identifier of the session that a first turn starts. Each attempt has its own: the program refuses an identifier that it has used,
    /// and a failed attempt has used it.
    /// </summary>
    private static string NewSessionId(AgentRequest request)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{request.TaskId}/{request.BotName}/{request.ExecutionId}"));
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80); // a UUID of version 8: made by a rule of our own
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true).ToString();
    }

    private static string Settings(AgentRequest request)
    {
        JsonObject environment = [];
        foreach (var (name, value) in ClaudeCodeModelSettings.ToEnvironment(request.Model))
            environment[name] = value;
        return new JsonObject { ["env"] = environment }.ToJsonString();
    }

    private Dictionary<string, string> Environment()
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            ["CLAUDE_CODE_MAX_RETRIES"] = options.Value.MaxRetries.ToString(),
            ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
            ["DISABLE_AUTOUPDATER"] = "1",
            ["DISABLE_ERROR_REPORTING"] = "1",
            ["DISABLE_TELEMETRY"] = "1",
        };
        if (options.Value.PermissionMode == ClaudeCodeOptions.BypassPermissions)
            environment["IS_SANDBOX"] = "1"; // root may bypass permissions only where this is set
        return environment;
    }

    private static string UserLine(string prompt) => new JsonObject
    {
        ["type"] = "user",
        ["message"] = new JsonObject { ["role"] = "user", ["content"] = prompt },
    }.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
