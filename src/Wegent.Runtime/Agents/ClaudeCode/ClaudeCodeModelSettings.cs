namespace Wegent.Runtime.Agents.ClaudeCode;

/// <summary>
/// Turns the settings of a model resource into the variables that Claude Code reads. Two dialects stand side by side: upstream's own names
/// (<c>model_id</c>, <c>api_key</c>, <c>base_url</c>, <c>small_model</c>, <c>custom_headers</c>), and plain variable names, which win.
/// </summary>
internal static class ClaudeCodeModelSettings
{
    private const string DefaultBaseUrl = "https://api.anthropic.com";

    /// <summary>The variables, in the order of their names.</summary>
    public static SortedDictionary<string, string> ToEnvironment(IReadOnlyDictionary<string, string> model)
    {
        // The address is always set: a repository's own .claude/settings.json must not lead the key elsewhere.
        SortedDictionary<string, string> environment = new(StringComparer.Ordinal) { ["ANTHROPIC_BASE_URL"] = BaseUrl(model) };
        if (Find(model, "api_key") is { } key)
        {
            environment["ANTHROPIC_API_KEY"] = key;
            // Other services than Anthropic's own may look for the key in either header; with both variables both are sent.
            if (!IsAnthropic(environment["ANTHROPIC_BASE_URL"]))
                environment["ANTHROPIC_AUTH_TOKEN"] = key;
        }

        if (Find(model, "model_id") is { } main)
            environment["ANTHROPIC_MODEL"] = main;
        if ((Find(model, "small_model") ?? Find(model, "model_id")) is { } small)
        {
            environment["ANTHROPIC_SMALL_FAST_MODEL"] = small;
            environment["ANTHROPIC_DEFAULT_HAIKU_MODEL"] = small;
        }

        if (Find(model, "custom_headers") is { } headers)
            environment["ANTHROPIC_CUSTOM_HEADERS"] = string.Join('\n', CustomHeaders.Parse(headers).Select(header => $"{header.Key}: {header.Value}"));

        foreach (var (name, value) in model)
        {
            if (IsVariableName(name) && name != "ANTHROPIC_BASE_URL")
                environment[name] = value;
        }

        return environment;
    }

    /// <summary>Host of the model service, for messages; without credentials.</summary>
    public static string Host(IReadOnlyDictionary<string, string> model) =>
        Uri.TryCreate(BaseUrl(model), UriKind.Absolute, out var url) ? url.IsDefaultPort ? url.Host : $"{url.Host}:{url.Port}" : "its address";

    private static string BaseUrl(IReadOnlyDictionary<string, string> model)
    {
        var url = (Find(model, "ANTHROPIC_BASE_URL") ?? Find(model, "base_url") ?? DefaultBaseUrl).TrimEnd('/');
        return url.EndsWith("/v1", StringComparison.Ordinal) ? url[..^"/v1".Length] : url; // the program adds /v1/messages itself
    }

    private static bool IsAnthropic(string baseUrl) => Uri.TryCreate(baseUrl, UriKind.Absolute, out var url)
        && (url.Host == "anthropic.com" || url.Host.EndsWith(".anthropic.com", StringComparison.Ordinal));

    private static string? Find(IReadOnlyDictionary<string, string> model, string name) =>
        model.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private static bool IsVariableName(string name) =>
        name.Length > 0 && char.IsAsciiLetterUpper(name[0]) && name.All(character => char.IsAsciiLetterUpper(character) || char.IsAsciiDigit(character) || character == '_');
}
