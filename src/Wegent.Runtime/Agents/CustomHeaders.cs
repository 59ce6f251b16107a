using System.Text.Json;

namespace Wegent.Runtime.Agents;

/// <summary>Reads a model's <c>custom_headers</c>: a JSON object of names and values, or lines of <c>Name: value</c>.</summary>
internal static class CustomHeaders
{
    /// <summary>The headers, in order; what is no header is left out.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Parse(string text)
    {
        if (text.AsSpan().TrimStart().StartsWith('{'))
        {
            try
            {
                using var document = JsonDocument.Parse(text);
                return [.. document.RootElement.EnumerateObject().Select(header => KeyValuePair.Create(header.Name.Trim(), OneLine(header.Value.ToString())))];
            }
            catch (JsonException)
            {
                return [];
            }
        }

        return [.. text.Split('\n').Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2 && parts[0].Trim().Length > 0)
            .Select(parts => KeyValuePair.Create(parts[0].Trim(), parts[1].Trim()))];
    }

    private static string OneLine(string value) => value.ReplaceLineEndings(" ").Trim();
}
