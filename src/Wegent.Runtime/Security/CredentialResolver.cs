using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Wegent.Runtime.Security;

/// <summary>Turns stored values into the ones an agent gets: opens ciphertexts and follows <c>${env:NAME}</c>, at the last moment before a run.</summary>
internal sealed partial class CredentialResolver(CredentialCipher cipher, IOptions<SecurityOptions> options)
{
    /// <summary>Resolves one value.</summary>
    /// <exception cref="WegentException">It refers to something that is not there or not allowed.</exception>
    public string Resolve(string stored)
    {
        if (CredentialCipher.IsEncrypted(stored))
            return cipher.Decrypt(stored);
        if (!stored.Contains("${", StringComparison.Ordinal))
            return stored;

        return Reference().Replace(stored, match => match.Groups["source"].Value switch
        {
            "env" => FromEnvironment(match.Groups["name"].Value),
            var source => throw new WegentException("secret.unknown_source", $"'{match.Value}' names source '{source}', which this host does not have. Use ${{env:NAME}}."),
        });
    }

    /// <summary>Resolves all strings of a JSON text.</summary>
    /// <exception cref="WegentException">One refers to something that is not there or not allowed.</exception>
    public string ResolveJson(string json)
    {
        var root = JsonNode.Parse(json)!;
        Walk(root);
        return root.ToJsonString(StoredJson.Options);

        void Walk(JsonNode node)
        {
            switch (node)
            {
                case JsonObject map:
                    foreach (var (key, value) in map.ToArray())
                    {
                        if (value?.GetValueKind() == JsonValueKind.String)
                            map[key] = Resolve(value.GetValue<string>());
                        else if (value is not null)
                            Walk(value);
                    }

                    break;
                case JsonArray list:
                    for (var i = 0; i < list.Count; i++)
                    {
                        if (list[i]?.GetValueKind() == JsonValueKind.String)
                            list[i] = Resolve(list[i]!.GetValue<string>());
                        else if (list[i] is { } below)
                            Walk(below);
                    }

                    break;
            }
        }
    }

    private string FromEnvironment(string name)
    {
        var allowed = options.Value.AllowedEnvironmentVariables;
        if (!allowed.Contains("*") && !allowed.Contains(name))
            throw new WegentException("secret.not_allowed", $"Environment variable '{name}' may not be used by resources. Add it to {SecurityOptions.Section}:AllowedEnvironmentVariables, or give the value itself, which is stored encrypted.");

        return Environment.GetEnvironmentVariable(name)
            ?? throw new WegentException("secret.missing", $"Environment variable '{name}' is not set on the host. Set it where the host runs and retry the task.");
    }

    [GeneratedRegex(@"\$\{(?<source>[a-z]+):(?<name>[A-Za-z0-9_.-]+)\}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();
}
