using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wegent.Runtime.Security;

/// <summary>
/// Credentials inside resource documents: which values are some, how they are stored, and how they leave. A value is a credential
/// by its key (KEY, TOKEN, SECRET, PASSWORD somewhere in it) below a model's <c>env</c> or an MCP server's <c>env</c> or <c>headers</c>.
/// </summary>
internal sealed class DocumentSecrets(CredentialCipher cipher)
{
    private const string Mask = "***";

    private static readonly string[] CredentialWords = ["KEY", "TOKEN", "SECRET", "PASSWORD", "AUTHORIZATION", "COOKIE"];

    /// <summary>Encrypts inline credentials; a mask stands for what is stored already.</summary>
    /// <param name="document">The document as applied.</param>
    /// <param name="stored">The document it replaces; null when there is none.</param>
    /// <param name="place">The resource, for the associated data.</param>
    /// <returns>The document to store. Equal credentials keep their ciphertext, so that nothing seems to change.</returns>
    public string Protect(string document, string? stored, string place)
    {
        var before = stored is null ? null : JsonNode.Parse(stored);
        return Rewrite(document, (path, value) =>
        {
            var old = Find(before, path);
            if (value == Mask)
                return old ?? throw new WegentException("resource.masked_secret", $"{place}: {path} is masked ('{Mask}'), and no value is stored that the mask could stand for. Give the value, or a reference such as ${{env:NAME}}.");
            if (IsReference(value) || value.Length == 0)
                return value;
            return old is not null && CredentialCipher.IsEncrypted(old) && cipher.Decrypt(old) == value ? old : cipher.Encrypt(value, $"{place}:{path}");
        });
    }

    /// <summary>Masks credentials for whoever reads; references stay, since they reveal nothing.</summary>
    public static string MaskAll(string document) => Rewrite(document, static (_, value) => IsReference(value) || value.Length == 0 ? value : Mask);

    /// <summary>Whether a key names a credential.</summary>
    public static bool IsCredentialKey(string key) => Array.Exists(CredentialWords, word => key.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static bool IsReference(string value) => value.StartsWith("${", StringComparison.Ordinal) && value.EndsWith('}');

    private static string Rewrite(string document, Func<string, string, string> replace)
    {
        var root = JsonNode.Parse(document)!;
        if (root["spec"] is not JsonObject spec)
            return document;

        if (spec["modelConfig"] is JsonObject model)
            RewriteMap(model["env"], "spec.modelConfig.env", replace);
        if (spec["mcpServers"] is JsonObject servers)
        {
            foreach (var (name, server) in servers)
            {
                RewriteMap(server?["env"], $"spec.mcpServers.{name}.env", replace);
                RewriteMap(server?["headers"], $"spec.mcpServers.{name}.headers", replace);
            }
        }

        return root.ToJsonString(StoredJson.Options);
    }

    private static void RewriteMap(JsonNode? node, string path, Func<string, string, string> replace)
    {
        if (node is not JsonObject map)
            return;

        foreach (var (key, value) in map.ToArray())
        {
            if (IsCredentialKey(key) && value?.GetValueKind() == JsonValueKind.String)
                map[key] = replace($"{path}.{key}", value.GetValue<string>());
        }
    }

    private static string? Find(JsonNode? root, string path)
    {
        // Keys may hold dots, so the path is walked from the front with the longest key that fits.
        var node = root;
        var rest = path.AsSpan();
        while (node is JsonObject map && rest.Length > 0)
        {
            string? best = null;
            foreach (var (key, _) in map)
            {
                if (rest.StartsWith(key) && (rest.Length == key.Length || rest[key.Length] == '.') && key.Length > (best?.Length ?? -1))
                    best = key;
            }

            if (best is null)
                return null;
            node = map[best];
            rest = rest.Length == best.Length ? [] : rest[(best.Length + 1)..];
        }

        return rest.Length == 0 && node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
    }
}
