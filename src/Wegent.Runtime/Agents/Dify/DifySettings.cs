using System.Text.Json;
using System.Text.Json.Nodes;
using Wegent.Agents;

namespace Wegent.Runtime.Agents.Dify;

/// <summary>What a request says of the application to call: where it is, its key, its inputs, and what it is asked.</summary>
/// <remarks>
/// Names and precedence are upstream's: <c>DIFY_API_KEY</c>, <c>DIFY_BASE_URL</c> and <c>DIFY_PARAMS</c> of the model resource; a bot prompt
/// that is a JSON object with <c>params</c>; and in the prompt <c>[EXTERNAL_API_PARAMS]{…}[/EXTERNAL_API_PARAMS]</c>, which is cut out. The
/// later ones win. Other bot prompts are not sent: an application has its own.
/// </remarks>
internal sealed record DifySettings(Uri Address, string Key, JsonObject Inputs, string Prompt)
{
    private const string ParamsStart = "[EXTERNAL_API_PARAMS]";
    private const string ParamsEnd = "[/EXTERNAL_API_PARAMS]";

    /// <summary>Host of the service, for messages.</summary>
    public string Host => Address.IsDefaultPort ? Address.Host : Address.Authority;

    /// <summary>Who the application is told to talk to: the same for all calls of a task.</summary>
    public static string UserOf(AgentRequest request) => $"task-{request.TaskId}";

    /// <exception cref="WegentException">Something is missing, or is not what it should be.</exception>
    public static DifySettings Of(AgentRequest request, string defaultAddress)
    {
        var key = Find("DIFY_API_KEY") ?? Find("api_key")
            ?? throw new WegentException("dify.no_key", $"The model of bot '{request.BotName}' has no DIFY_API_KEY. Put the key of the Dify application into spec.modelConfig.env of its Model resource.");
        var text = (Find("DIFY_BASE_URL") ?? Find("base_url") ?? defaultAddress).TrimEnd('/');
        if (text.EndsWith("/v1", StringComparison.Ordinal))
            text = text[..^"/v1".Length];
        if (!Uri.TryCreate(text + "/v1/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
            throw new WegentException("dify.bad_address", $"The DIFY_BASE_URL of bot '{request.BotName}' is no http or https address without credentials. Mend it in its Model resource.");

        var inputs = new JsonObject();
        if (ParseObject(request.SystemPrompt) is { } promptJson && promptJson["params"] is JsonObject ofPrompt)
            Merge(ofPrompt);
        if (Find("DIFY_PARAMS") is { } configured)
            Merge(ParseObject(configured) ?? throw Wrong("DIFY_PARAMS"));
        return new DifySettings(address, key, inputs, TakeMarked(request.Prompt));

        string? Find(string name) => request.Model.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

        void Merge(JsonObject more)
        {
            foreach (var (name, value) in more)
                inputs[name] = value?.DeepClone();
        }

        string TakeMarked(string prompt)
        {
            var start = prompt.IndexOf(ParamsStart, StringComparison.Ordinal);
            var end = start < 0 ? -1 : prompt.IndexOf(ParamsEnd, start, StringComparison.Ordinal);
            if (end < 0)
                return prompt;
            Merge(ParseObject(prompt[(start + ParamsStart.Length)..end]) ?? throw Wrong(ParamsStart));
            return (prompt[..start] + prompt[(end + ParamsEnd.Length)..]).Trim();
        }

        WegentException Wrong(string name) => new("dify.bad_params", $"{name} of bot '{request.BotName}' is no JSON object. Write it as {{\"name\": \"value\"}}.");
    }

    /// <summary>Prints no secret.</summary>
    public override string ToString() => Host;

    private static JsonObject? ParseObject(string text)
    {
        if (!text.AsSpan().TrimStart().StartsWith("{"))
            return null;
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
