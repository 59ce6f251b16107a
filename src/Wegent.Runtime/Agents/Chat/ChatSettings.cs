using System.Globalization;
using Microsoft.Extensions.AI;
using Wegent.Agents;

namespace Wegent.Runtime.Agents.Chat;

/// <summary>What a model resource says of how its model is to answer: <c>temperature</c>, <c>max_tokens</c> and <c>reasoning_effort</c> beside its address.</summary>
internal static class ChatSettings
{
    /// <exception cref="WegentException">A setting has a value that is none.</exception>
    public static ChatOptions Of(AgentRequest request)
    {
        var settings = new ChatOptions { MaxOutputTokens = request.ModelMaxOutputTokens };
        if (Find("temperature") is { } temperature)
            settings.Temperature = float.TryParse(temperature, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 2 ? number : throw Wrong("temperature", temperature, "0 to 2");
        if (settings.MaxOutputTokens is null && Find("max_tokens") is { } tokens)
            settings.MaxOutputTokens = int.TryParse(tokens, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most > 0 ? most : throw Wrong("max_tokens", tokens, "a whole number larger than 0");
        if (Find("reasoning_effort") is { } effort)
        {
            settings.Reasoning = new ReasoningOptions
            {
                Effort = effort.ToLowerInvariant() switch
                {
                    "none" => ReasoningEffort.None,
                    "low" or "minimal" => ReasoningEffort.Low,
                    "medium" => ReasoningEffort.Medium,
                    "high" => ReasoningEffort.High,
                    _ => throw Wrong("reasoning_effort", effort, "none, low, medium or high"),
                },
            };
        }

        return settings;

        string? Find(string name) => request.Model.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

        WegentException Wrong(string name, string value, string may) =>
            new("chat.bad_setting", $"The model of bot '{request.BotName}' has {name} '{value}'; it may be {may}. Mend it in its Model resource.");
    }
}
