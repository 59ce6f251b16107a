using System.Text.Json;
using Wegent.Tasks;

namespace Wegent.Runtime.Agents.ClaudeCode;

/// <summary>Counts what a run used: from its result, or, when it ends without one, from the messages it brought.</summary>
internal sealed class ClaudeCodeUsage
{
    private readonly Dictionary<string, TokenUsage> _messages = new(StringComparer.Ordinal);
    private string? _streaming;

    /// <summary>What the messages so far used; their cost is not known.</summary>
    public TokenUsage SoFar => _messages.Values.Aggregate(TokenUsage.None, TokenUsage.Add);

    /// <summary>Takes a message of the model in: the whole one, or the start of a streamed one.</summary>
    public void SeeMessage(JsonElement message, bool streams)
    {
        if (message.GetText("id") is not { } id)
            return;
        if (streams)
            _streaming = id;
        if (message.Get("usage").ValueKind == JsonValueKind.Object)
            _messages[id] = Read(message.Get("usage")) with { OutputTokens = Math.Max(message.Get("usage").GetNumber("output_tokens") ?? 0, _messages.GetValueOrDefault(id, TokenUsage.None).OutputTokens) };
    }

    /// <summary>Takes the end of a streamed message in, which brings its final count.</summary>
    public void SeeMessageEnd(JsonElement usage)
    {
        if (_streaming is { } id && _messages.TryGetValue(id, out var known) && usage.GetNumber("output_tokens") is { } output)
            _messages[id] = known with { OutputTokens = Math.Max(known.OutputTokens, output) };
    }

    /// <summary>
    /// What a result states. Its <c>modelUsage</c> counts sub-agents and requests repeated without streaming, which <c>usage</c> leaves out;
    /// both are totals of the process, which serves one run.
    /// </summary>
    public static TokenUsage OfResult(JsonElement result)
    {
        var cost = result.Get("total_cost_usd") is { ValueKind: JsonValueKind.Number } value && value.TryGetDecimal(out var dollars) ? WithoutZeros(Math.Round(dollars, 8)) : 0;
        if (result.Get("modelUsage") is { ValueKind: JsonValueKind.Object } models && models.EnumerateObject().Any())
        {
            return models.EnumerateObject().Select(model => new TokenUsage(
                (model.Value.GetNumber("inputTokens") ?? 0) + (model.Value.GetNumber("cacheCreationInputTokens") ?? 0),
                model.Value.GetNumber("outputTokens") ?? 0,
                model.Value.GetNumber("cacheReadInputTokens") ?? 0,
                0)).Aggregate(TokenUsage.Add) with
            { CostUsd = cost };
        }

        return Read(result.Get("usage")) with { CostUsd = cost };
    }

    private static decimal WithoutZeros(decimal value) => value / 1.0000000000000000000000000000m;

    private static TokenUsage Read(JsonElement usage) => new(
        (usage.GetNumber("input_tokens") ?? 0) + (usage.GetNumber("cache_creation_input_tokens") ?? 0),
        usage.GetNumber("output_tokens") ?? 0,
        usage.GetNumber("cache_read_input_tokens") ?? 0,
        0);
}
