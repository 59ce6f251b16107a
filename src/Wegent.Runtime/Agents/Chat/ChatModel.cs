using Wegent.Agents;

namespace Wegent.Runtime.Agents.Chat;

/// <summary>The wire protocols that are spoken.</summary>
internal enum ChatProtocol
{
    OpenAI,
    OpenAIResponses,
    Anthropic,
}

/// <summary>The model of a request: where it is, what it is called, and how it is spoken to.</summary>
/// <remarks>Two dialects stand side by side: upstream's names (<c>model_id</c>, <c>api_key</c>, <c>base_url</c>, <c>custom_headers</c>), and the variables of the vendors' own tools, which win.</remarks>
internal sealed record ChatModel(ChatProtocol Protocol, Uri Address, string Id, string? Key, bool IsBearer, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>Host of the service, for messages.</summary>
    public string Host => Address.IsDefaultPort ? Address.Host : Address.Authority;

    /// <summary>Reads the settings of a request.</summary>
    /// <exception cref="WegentException">They name no model, or no address.</exception>
    public static ChatModel Of(AgentRequest request)
    {
        var protocol = ProtocolOf(request);
        var vendor = protocol == ChatProtocol.Anthropic ? "ANTHROPIC" : "OPENAI";
        var id = Find(vendor + "_MODEL") ?? Find("model_id")
            ?? throw new WegentException("chat.no_model", $"The model of bot '{request.BotName}' has no model_id. Give the bot a modelRef to a Model resource with spec.modelConfig.env.model_id.");
        var text = Find(vendor + "_BASE_URL") ?? Find("base_url") ?? (protocol == ChatProtocol.Anthropic ? "https://api.anthropic.com" : "https://api.openai.com/v1");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
            throw new WegentException("chat.bad_address", $"The base_url of bot '{request.BotName}' is no http or https address without credentials. Mend it in its Model resource.");

        var token = protocol == ChatProtocol.Anthropic ? Find("ANTHROPIC_AUTH_TOKEN") : null;
        return new ChatModel(
            protocol,
            protocol == ChatProtocol.Anthropic ? WithoutVersion(address) : WithVersion(address),
            id,
            token ?? Find(vendor + "_API_KEY") ?? Find("api_key"),
            IsBearer: token is not null,
            Find("custom_headers") is { } headers ? CustomHeaders.Parse(headers) : []);

        string? Find(string name) => request.Model.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
    }

    private static ChatProtocol ProtocolOf(AgentRequest request)
    {
        var word = (request.ModelProtocol ?? request.Model.GetValueOrDefault("model") ?? "").Trim().ToLowerInvariant();
        return word switch
        {
            "claude" or "anthropic" => ChatProtocol.Anthropic,
            "" when request.Model.Keys.Any(name => name.StartsWith("ANTHROPIC_", StringComparison.Ordinal)) => ChatProtocol.Anthropic,
            "gemini" or "google" when !request.Model.ContainsKey("base_url") =>
                throw new WegentException("chat.unknown_protocol", $"The model of bot '{request.BotName}' speaks '{word}', which the Chat shell does not. Use the OpenAI-compatible address of that service: protocol openai, and its base_url."),
            _ => request.ModelApiFormat == "responses" ? ChatProtocol.OpenAIResponses : ChatProtocol.OpenAI,
        };
    }

    private static Uri WithVersion(Uri address)
    {
        var path = address.AbsolutePath.TrimEnd('/');
        foreach (var operation in new[] { "/chat/completions", "/responses" })
        {
            if (path.EndsWith(operation, StringComparison.Ordinal))
                path = path[..^operation.Length];
        }

        return new Uri($"{address.GetLeftPart(UriPartial.Authority)}{(path.Length == 0 ? "/v1" : path)}");
    }

    private static Uri WithoutVersion(Uri address)
    {
        var path = address.AbsolutePath.TrimEnd('/');
        foreach (var ending in new[] { "/messages", "/v1" })
        {
            if (path.EndsWith(ending, StringComparison.Ordinal))
                path = path[..^ending.Length];
        }

        return new Uri(address.GetLeftPart(UriPartial.Authority) + path);
    }

    /// <summary>Prints no secret.</summary>
    public override string ToString() => $"{Id} at {Host}";
}
