using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Wegent.Storage;

namespace Wegent.Runtime.Security;

/// <summary>
/// Turns stored values into the ones an agent gets, at the last moment before a run: opens ciphertexts and follows <c>${secret:NAME}</c> and
/// <c>${env:NAME}</c>.
/// </summary>
/// <remarks>A secret is looked up for the user whose task it is, whoever wrote the resource: nobody gets at another's by naming it.</remarks>
internal sealed partial class CredentialResolver(CredentialCipher cipher, ISecretStore secrets, IEnumerable<ISecretSource> sources, IOptions<SecurityOptions> options)
{
    /// <summary>What a secret's ciphertext is bound to.</summary>
    public static string PlaceOf(string owner, string name) => $"secret {owner}/{name}";

    /// <summary>Resolves one value.</summary>
    /// <param name="owner">Whose task it is for.</param>
    /// <param name="stored">The value as it is stored.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="WegentException">It refers to something that is not there or not allowed.</exception>
    public async ValueTask<string> ResolveAsync(string owner, string stored, CancellationToken cancellationToken)
    {
        if (CredentialCipher.IsEncrypted(stored))
            return cipher.Decrypt(stored);
        if (!stored.Contains("${", StringComparison.Ordinal))
            return stored;

        // From the front, and never again through what was put in: a secret that looks like a reference stays what it is.
        var resolved = new StringBuilder();
        var end = 0;
        foreach (Match match in Reference().Matches(stored))
        {
            resolved.Append(stored, end, match.Index - end);
            resolved.Append(await FollowAsync(owner, match, cancellationToken).ConfigureAwait(false));
            end = match.Index + match.Length;
        }

        return resolved.Append(stored, end, stored.Length - end).ToString();
    }

    /// <summary>Resolves all strings of a JSON text.</summary>
    /// <exception cref="WegentException">One refers to something that is not there or not allowed.</exception>
    public async ValueTask<string> ResolveJsonAsync(string owner, string json, CancellationToken cancellationToken)
    {
        var root = JsonNode.Parse(json)!;
        await WalkAsync(root).ConfigureAwait(false);
        return root.ToJsonString(StoredJson.Options);

        async ValueTask WalkAsync(JsonNode node)
        {
            switch (node)
            {
                case JsonObject map:
                    foreach (var (key, value) in map.ToArray())
                    {
                        if (value?.GetValueKind() == JsonValueKind.String)
                            map[key] = await ResolveAsync(owner, value.GetValue<string>(), cancellationToken).ConfigureAwait(false);
                        else if (value is not null)
                            await WalkAsync(value).ConfigureAwait(false);
                    }

                    break;
                case JsonArray list:
                    for (var i = 0; i < list.Count; i++)
                    {
                        if (list[i]?.GetValueKind() == JsonValueKind.String)
                            list[i] = await ResolveAsync(owner, list[i]!.GetValue<string>(), cancellationToken).ConfigureAwait(false);
                        else if (list[i] is { } below)
                            await WalkAsync(below).ConfigureAwait(false);
                    }

                    break;
            }
        }
    }

    private async ValueTask<string> FollowAsync(string owner, Match reference, CancellationToken cancellationToken)
    {
        var name = reference.Groups["name"].Value;
        return reference.Groups["source"].Value switch
        {
            "env" => FromEnvironment(name),
            "secret" => await FindSecretAsync(owner, name, cancellationToken).ConfigureAwait(false)
                ?? throw new WegentException("secret.missing", $"User '{owner}' has no secret '{name}'. Set it (PUT /api/v1/secrets/{name}, or IWegentClient.Secrets) and retry the task."),
            var source => throw new WegentException("secret.unknown_source", $"'{reference.Value}' names source '{source}', which there is not. Use ${{secret:NAME}} or ${{env:NAME}}."),
        };
    }

    private async ValueTask<string?> FindSecretAsync(string owner, string name, CancellationToken cancellationToken)
    {
        foreach (var source in sources)
        {
            if (await source.FindAsync(owner, name, cancellationToken).ConfigureAwait(false) is { } value)
                return value;
        }

        return await secrets.FindAsync(owner, name, cancellationToken).ConfigureAwait(false) is { } stored ? cipher.Decrypt(stored) : null;
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
