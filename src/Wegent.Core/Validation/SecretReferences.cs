using System.Buffers;
using Wegent.Resources;
using Wegent.Resources.Yaml;

namespace Wegent.Validation;

/// <summary>Values that stand for a secret: <c>${secret:NAME}</c> and <c>${env:NAME}</c>.</summary>
internal static class SecretReferences
{
    private static readonly SearchValues<char> s_variableCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private static readonly SearchValues<char> s_nameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-/");

    /// <summary>Looks at a setting that may be a secret reference; the value itself never gets into a message.</summary>
    public static void Check(string? value, string path, RuleContext context)
    {
        if (value is null || !value.StartsWith("${", StringComparison.Ordinal) || IsReference(value))
            return;
        var bare = value.EndsWith('}') ? value[2..^1] : "";
        context.Warning(
            DiagnosticCodes.SecretReference,
            path,
            "this is not a secret reference and is taken as plain text",
            IsVariable(bare) ? $"write ${{env:{bare}}} for the environment, or ${{secret:{bare}}} for a stored secret" : "write ${secret:NAME} or ${env:NAME}");
    }

    /// <summary>Looks at every value of a map.</summary>
    public static void Check(IReadOnlyDictionary<string, string>? values, string path, RuleContext context)
    {
        foreach (var (key, value) in values ?? new Dictionary<string, string>())
        {
            if (value.StartsWith("${", StringComparison.Ordinal))
                Check(value, SourcePath.Join(path, key), context);
        }
    }

    /// <summary>The rules of MCP servers, of ghosts and skills alike.</summary>
    public static void CheckMcpServers(IReadOnlyDictionary<string, McpServer>? servers, RuleContext context)
    {
        foreach (var (name, server) in servers ?? new Dictionary<string, McpServer>())
        {
            var path = SourcePath.Join("spec.mcpServers", name);
            Check(server.Env, path + ".env", context);
            Check(server.Headers, path + ".headers", context);
            if (string.IsNullOrWhiteSpace(server.Command) && string.IsNullOrWhiteSpace(server.Url) && server.Extra is not { Count: > 0 })
                context.Error(DiagnosticCodes.McpServerIncomplete, path, $"the MCP server {Suggestions.Quote(name)} has neither command nor url", "give it the program to start, or the address to call");
        }
    }

    private static bool IsReference(string value)
    {
        var name = value.StartsWith("${secret:", StringComparison.Ordinal) ? value.AsSpan(9)
            : value.StartsWith("${env:", StringComparison.Ordinal) ? value.AsSpan(6)
            : default;
        return name.EndsWith("}") && IsName(name[..^1]);
    }

    // Only what looks like a variable is repeated in a message: anything else might be the secret.
    private static bool IsVariable(ReadOnlySpan<char> name) => name.Length is > 0 and <= 64 && !name.ContainsAnyExcept(s_variableCharacters);

    private static bool IsName(ReadOnlySpan<char> name) => name.Length is > 0 and <= 253 && !name.ContainsAnyExcept(s_nameCharacters);
}
