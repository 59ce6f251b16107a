using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>A model and how to reach it.</summary>
public sealed record ModelResource : Resource<ModelSpec, ResourceStatus>
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-90)]
    public override string Kind => ResourceKinds.Model;
}

/// <summary>Desired state of a <see cref="ModelResource"/>.</summary>
public sealed record ModelSpec
{
    /// <summary>Address, name and credential of the model.</summary>
    public required ModelConfig ModelConfig { get; init; }

    /// <summary>True if a person filled in <see cref="ModelConfig"/>, rather than picked a predefined model. Null: false.</summary>
    public bool? IsCustomConfig { get; init; }

    /// <summary>What the endpoint speaks: <c>openai</c>, <c>claude</c>, <c>gemini</c> or another name. Required when <see cref="IsCustomConfig"/>.</summary>
    public string? Protocol { get; init; }

    /// <summary>For OpenAI-like endpoints. Null: <see cref="Resources.ApiFormat.ChatCompletions"/>.</summary>
    public ApiFormat? ApiFormat { get; init; }

    /// <summary>What the model is for. Null: <see cref="Resources.ModelType.Llm"/>.</summary>
    public ModelType? ModelType { get; init; }

    /// <summary>Context window in tokens. Null: unknown.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>Longest answer in tokens. Null: the endpoint's own limit.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Relative price; 1 is the reference. Null: unknown.</summary>
    public double? CostIndex { get; init; }

    /// <summary>Group under which selectors show the model.</summary>
    public string? ModelGroup { get; init; }

    /// <summary>Group within <see cref="ModelGroup"/>.</summary>
    public string? ModelSubGroup { get; init; }

    /// <summary>Whether selectors hide the model at first. Null: false.</summary>
    public bool? IsAdvanced { get; init; }

    /// <summary>What the model can look at beside text. Null: not said.</summary>
    public ModelCapabilities? ModelCapabilities { get; init; }

    /// <summary>A second model for auxiliary work. Null when none.</summary>
    public ResourceReference? SecondaryModelRef { get; init; }

    /// <summary>Settings of a <c>tts</c> model.</summary>
    public TtsConfig? TtsConfig { get; init; }

    /// <summary>Settings of an <c>stt</c> model.</summary>
    public SttConfig? SttConfig { get; init; }

    /// <summary>Settings of an <c>embedding</c> model.</summary>
    public EmbeddingConfig? EmbeddingConfig { get; init; }

    /// <summary>Settings of a <c>rerank</c> model.</summary>
    public RerankConfig? RerankConfig { get; init; }

    /// <summary>Settings of a <c>video</c> model, as they stand.</summary>
    public JsonElement? VideoConfig { get; init; }

    /// <summary>Settings of an <c>image</c> model, as they stand.</summary>
    public JsonElement? ImageConfig { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>How a model is reached: mostly <see cref="Env"/>, in one of two dialects that agents read side by side.</summary>
/// <remarks>
/// Upstream's own names: <c>model</c>, <c>model_id</c>, <c>api_key</c>, <c>base_url</c>, <c>small_model</c>, <c>custom_headers</c>.
/// Or the variables an agent reads itself: <c>ANTHROPIC_MODEL</c>, <c>ANTHROPIC_BASE_URL</c>, <c>ANTHROPIC_AUTH_TOKEN</c> and so on.
/// </remarks>
public sealed record ModelConfig : IFreeForm
{
    /// <summary>Settings by name. Strings may be <c>${secret:NAME}</c> or <c>${env:NAME}</c>. Null when none.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Env { get; init; }

    /// <summary>Every other field, for the agent. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }

    /// <summary>The text of a setting in <see cref="Env"/>: a string as it is, a number or boolean as JSON writes it; null if absent, null, or no scalar.</summary>
    public string? FindEnv(string name)
    {
        if (Env is null || !Env.TryGetValue(name, out var value))
            return null;
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        };
    }
}

/// <summary>Which of OpenAI's two request forms an endpoint takes.</summary>
[JsonConverter(typeof(ApiFormatConverter))]
public enum ApiFormat
{
    /// <summary><c>chat/completions</c>.</summary>
    ChatCompletions,

    /// <summary><c>responses</c>.</summary>
    Responses,
}

internal sealed class ApiFormatConverter() : WireEnumConverter<ApiFormat>(
    ("chat/completions", ApiFormat.ChatCompletions),
    ("responses", ApiFormat.Responses));

/// <summary>What a model is for.</summary>
[JsonConverter(typeof(ModelTypeConverter))]
public enum ModelType
{
    /// <summary><c>llm</c>: text.</summary>
    Llm,

    /// <summary><c>tts</c>: text to speech.</summary>
    Tts,

    /// <summary><c>stt</c>: speech to text.</summary>
    Stt,

    /// <summary><c>embedding</c>: vectors.</summary>
    Embedding,

    /// <summary><c>rerank</c>: order of search results.</summary>
    Rerank,

    /// <summary><c>video</c>: makes videos.</summary>
    Video,

    /// <summary><c>image</c>: makes images.</summary>
    Image,
}

internal sealed class ModelTypeConverter() : WireEnumConverter<ModelType>(
    ("llm", ModelType.Llm),
    ("tts", ModelType.Tts),
    ("stt", ModelType.Stt),
    ("embedding", ModelType.Embedding),
    ("rerank", ModelType.Rerank),
    ("video", ModelType.Video),
    ("image", ModelType.Image));

/// <summary>What a model can look at beside text.</summary>
public sealed record ModelCapabilities
{
    /// <summary>Images. Null: not said.</summary>
    public bool? SupportsImage { get; init; }

    /// <summary>Videos. Null: not said.</summary>
    public bool? SupportsVideo { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>Settings of a text-to-speech model.</summary>
public sealed record TtsConfig
{
    /// <summary>Voice id. Null: the endpoint's default.</summary>
    public string? Voice { get; init; }

    /// <summary>Speed, 0.25 to 4. Null: 1.</summary>
    public double? Speed { get; init; }

    /// <summary>Audio format. Null: <c>mp3</c>.</summary>
    [JsonPropertyName("output_format")]
    public string? OutputFormat { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>Settings of a speech-to-text model.</summary>
public sealed record SttConfig
{
    /// <summary>Language code. Null: detected.</summary>
    public string? Language { get; init; }

    /// <summary>Form of the answer: <c>text</c>, <c>srt</c>, <c>vtt</c>. Null: <c>text</c>.</summary>
    [JsonPropertyName("transcription_format")]
    public string? TranscriptionFormat { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>Settings of an embedding model.</summary>
public sealed record EmbeddingConfig
{
    /// <summary>Length of the vectors. Null: the model's own.</summary>
    public int? Dimensions { get; init; }

    /// <summary><c>float</c> or <c>base64</c>. Null: <c>float</c>.</summary>
    [JsonPropertyName("encoding_format")]
    public string? EncodingFormat { get; init; }

    /// <summary>What the model takes beside text, such as <c>image</c>. Null: nothing.</summary>
    [JsonPropertyName("additional_input_modalities")]
    public IReadOnlyList<string>? AdditionalInputModalities { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>Settings of a rerank model.</summary>
public sealed record RerankConfig
{
    /// <summary>How many results to keep. Null: all.</summary>
    [JsonPropertyName("top_n")]
    public int? TopN { get; init; }

    /// <summary>Whether the texts come back with the order. Null: true.</summary>
    [JsonPropertyName("return_documents")]
    public bool? ReturnDocuments { get; init; }

    /// <summary>Fields that this version does not know, kept for the round trip. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
