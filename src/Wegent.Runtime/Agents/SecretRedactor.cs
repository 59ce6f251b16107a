using System.Text;
using System.Text.Json;
using Wegent.Agents;

namespace Wegent.Runtime.Agents;

/// <summary>Takes the secrets of one request out of everything that leaves an agent: its model's credentials, and those of its MCP servers.</summary>
/// <remarks>
/// It knows values, not meanings: a secret that the agent encodes or spells out is not found. Which settings are secret is told by
/// their names, and by values that look generated. Values under 6 characters are left alone, since masking them would garble ordinary text.
/// </remarks>
internal sealed class SecretRedactor
{
    public const string Mask = "***";

    private const int ShortestSecret = 6;

    private static readonly string[] SecretWords = ["KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PWD", "CREDENTIAL", "AUTH", "COOKIE"];

    private readonly string[] _secrets;

    private SecretRedactor(IEnumerable<string> secrets) => _secrets =
    [
        .. secrets.Where(secret => secret.Length >= ShortestSecret && !double.TryParse(secret, out _))
            .SelectMany(secret => new[] { secret, JsonForm(secret) })
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(secret => secret.Length),
    ];

    /// <summary>Finds the secrets of a request.</summary>
    public static SecretRedactor For(AgentRequest request) => new([.. OfModel(request.Model), .. OfMcpServers(request.McpServersJson)]);

    /// <summary>The text with every secret masked.</summary>
    public string Redact(string text)
    {
        foreach (var secret in _secrets)
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        return text;
    }

    /// <summary>Length of the end of a text that could be the start of a secret; 0 when there is none.</summary>
    public int PossibleStart(string text)
    {
        var longest = 0;
        foreach (var secret in _secrets)
        {
            for (var length = Math.Min(secret.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(secret.AsSpan(0, length)))
                    longest = length;
            }
        }

        return longest;
    }

    private static IEnumerable<string> OfModel(IReadOnlyDictionary<string, string> model) => model.SelectMany(setting =>
        setting.Key.Contains("HEADERS", StringComparison.OrdinalIgnoreCase)
            ? CustomHeaders.Parse(setting.Value).SelectMany(header => OfHeader(header.Key, header.Value))
            : IsSecretName(setting.Key) ? [setting.Value.Trim()]
            : OfUrl(setting.Value));

    private static List<string> OfMcpServers(string? json)
    {
        List<string> secrets = [];
        if (json is null)
            return secrets;
        try
        {
            using var document = JsonDocument.Parse(json);
            Collect(document.RootElement, name: "", parent: "", secrets);
        }
        catch (JsonException)
        {
            secrets.Add(json); // whatever it is, it does not leave
        }

        return secrets;
    }

    private static void Collect(JsonElement element, string name, string parent, List<string> secrets)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                    Collect(property.Value, property.Name, name, secrets);
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    Collect(item, name, parent, secrets);
                break;
            case JsonValueKind.String:
                var value = element.GetString()!;
                secrets.AddRange(parent == "headers" ? OfHeader(name, value)
                    : IsSecretName(name) || LooksGenerated(value) ? [value]
                    : OfUrl(value));
                break;
        }
    }

    /// <summary>The value of a header that is secret by its name or its look; and without its scheme (<c>Bearer x</c>).</summary>
    private static IEnumerable<string> OfHeader(string name, string value)
    {
        var bare = value[(value.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim();
        return IsSecretName(name) || LooksGenerated(bare) ? [value, bare] : [];
    }

    /// <summary>The credential in an address, and values of its query that look generated.</summary>
    private static IEnumerable<string> OfUrl(string value)
    {
        if (!value.Contains("://", StringComparison.Ordinal) || !Uri.TryCreate(value, UriKind.Absolute, out var url))
            return [];
        var userInfo = url.UserInfo.Split(':', 2);
        return [.. userInfo.Skip(userInfo.Length - 1), .. url.Query.Split(['?', '&', '=']).Where(LooksGenerated)];
    }

    private static bool IsSecretName(string name) => SecretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a value looks like a generated credential: long, one word, letters and digits mixed, no path.</summary>
    private static bool LooksGenerated(string value) => value.Length >= 20
        && value.Any(char.IsAsciiDigit) && value.Any(char.IsAsciiLetter)
        && !value.Any(character => char.IsWhiteSpace(character) || character is '/' or '\\' or ':');

    /// <summary>The text as it stands inside JSON that a program in JavaScript wrote.</summary>
    private static string JsonForm(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' or '\\' => escaped.Append('\\').Append(character),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                _ => escaped.Append(character),
            };
        }

        return escaped.ToString();
    }
}
