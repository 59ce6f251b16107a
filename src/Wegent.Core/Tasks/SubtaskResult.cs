using System.Text.Json;
using System.Text.Json.Serialization;
using Wegent.Events;

namespace Wegent.Tasks;

/// <summary>What a bot's run produced.</summary>
public sealed record SubtaskResult
{
    /// <summary>The answer's full text; empty when there was none.</summary>
    public required string Value { get; init; }

    /// <summary>Everything that was streamed, block by block, in order.</summary>
    public IReadOnlyList<ResultBlock> Blocks { get; init; } = [];

    /// <summary>What it used.</summary>
    public TokenUsage Usage { get; init; } = TokenUsage.None;

    /// <summary>The result as a store keeps it, and as <c>chat:done</c> carries it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, TaskEventJson.Readable.SubtaskResult);

    /// <summary>Reads a result back from a store.</summary>
    /// <exception cref="JsonException">It was not written by <see cref="ToJson"/>.</exception>
    public static SubtaskResult FromJson(string json) =>
        JsonSerializer.Deserialize(json, TaskEventJson.Default.SubtaskResult) ?? throw new JsonException("A result is an object.");
}

/// <summary>What a block holds. On the wire <c>text</c>, <c>thinking</c>, <c>tool</c>.</summary>
[JsonConverter(typeof(BlockKindJsonConverter))]
public enum BlockKind
{
    /// <summary>Part of the answer.</summary>
    Text,

    /// <summary>The model's reasoning, where it shows it.</summary>
    Thinking,

    /// <summary>A tool call.</summary>
    Tool,
}

/// <summary>Reads and writes <see cref="BlockKind"/> in snake case.</summary>
public sealed class BlockKindJsonConverter()
    : JsonStringEnumConverter<BlockKind>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary>One block of a result: a stretch of text or thinking, or a tool call.</summary>
public sealed record ResultBlock
{
    /// <summary>Identifier, unique in the run.</summary>
    public required string Id { get; init; }

    /// <summary>What it holds.</summary>
    public required BlockKind Kind { get; init; }

    /// <summary>Its text; empty for tools.</summary>
    public string Content { get; init; } = "";

    /// <summary>The tool call; null unless <see cref="Kind"/> is <see cref="BlockKind.Tool"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ToolCall? Tool { get; init; }
}

/// <summary>A tool call as users see it.</summary>
public sealed record ToolCall
{
    /// <summary>The call's identifier, from the agent.</summary>
    public required string Id { get; init; }

    /// <summary>The tool's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its arguments; null while they are not known, or when this event only brings the output.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Input { get; init; }

    /// <summary>Its output, cut to a bound; null while it runs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Output { get; init; }

    /// <summary><c>running</c>, <c>done</c> or <c>error</c>.</summary>
    public required string Status { get; init; }
}

/// <summary>What a run used. Counts are tokens; the cost is US dollars.</summary>
/// <param name="InputTokens">Tokens sent, without those read from a cache.</param>
/// <param name="OutputTokens">Tokens received.</param>
/// <param name="CacheReadTokens">Tokens read from the model's prompt cache.</param>
/// <param name="CostUsd">Cost as the agent states it; 0 when it states none.</param>
public sealed record TokenUsage(long InputTokens, long OutputTokens, long CacheReadTokens, decimal CostUsd)
{
    /// <summary>Nothing used, or nothing known.</summary>
    public static TokenUsage None { get; } = new(0, 0, 0, 0);

    /// <summary>The sum of two.</summary>
    public static TokenUsage operator +(TokenUsage left, TokenUsage right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return Add(left, right);
    }

    /// <summary>The sum of two.</summary>
    public static TokenUsage Add(TokenUsage left, TokenUsage right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(left.InputTokens + right.InputTokens, left.OutputTokens + right.OutputTokens, left.CacheReadTokens + right.CacheReadTokens, left.CostUsd + right.CostUsd);
    }
}
