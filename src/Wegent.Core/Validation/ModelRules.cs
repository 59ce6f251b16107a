using System.Text.Json;
using Wegent.Resources;
using Wegent.Resources.Yaml;

namespace Wegent.Validation;

/// <summary>Rules of models.</summary>
internal static class ModelRules
{
    public static void Check(ModelSpec spec, RuleContext context)
    {
        if (spec.IsCustomConfig == true && string.IsNullOrWhiteSpace(spec.Protocol))
            context.Error(DiagnosticCodes.ModelProtocolMissing, "spec.isCustomConfig", "a custom model needs to say what its endpoint speaks", "add spec.protocol: openai, claude or gemini");

        foreach (var (key, value) in spec.ModelConfig.Env ?? new Dictionary<string, JsonElement>())
        {
            if (value.ValueKind == JsonValueKind.String)
                SecretReferences.Check(value.GetString(), SourcePath.Join("spec.modelConfig.env", key), context);
        }

        Positive(spec.ContextWindow, "spec.contextWindow", context);
        Positive(spec.MaxOutputTokens, "spec.maxOutputTokens", context);
        if (spec.CostIndex is <= 0)
            context.Error(DiagnosticCodes.OutOfRange, "spec.costIndex", "the cost index must be larger than 0", "1 is the reference");
        if (spec.TtsConfig?.Speed is < 0.25 or > 4)
            context.Error(DiagnosticCodes.OutOfRange, "spec.ttsConfig.speed", "the speed must be 0.25 to 4", null);
        Positive(spec.EmbeddingConfig?.Dimensions, "spec.embeddingConfig.dimensions", context);
        Positive(spec.RerankConfig?.TopN, "spec.rerankConfig.top_n", context);

        var type = spec.ModelType ?? ModelType.Llm;
        OnlyFor(ModelType.Tts, spec.TtsConfig is not null, "spec.ttsConfig", type, context);
        OnlyFor(ModelType.Stt, spec.SttConfig is not null, "spec.sttConfig", type, context);
        OnlyFor(ModelType.Embedding, spec.EmbeddingConfig is not null, "spec.embeddingConfig", type, context);
        OnlyFor(ModelType.Rerank, spec.RerankConfig is not null, "spec.rerankConfig", type, context);
        OnlyFor(ModelType.Video, spec.VideoConfig is not null, "spec.videoConfig", type, context);
        OnlyFor(ModelType.Image, spec.ImageConfig is not null, "spec.imageConfig", type, context);
    }

    private static void Positive(int? value, string path, RuleContext context)
    {
        if (value is <= 0)
            context.Error(DiagnosticCodes.OutOfRange, path, "the number must be larger than 0", null);
    }

    private static void OnlyFor(ModelType type, bool given, string path, ModelType actual, RuleContext context)
    {
        if (given && actual != type)
            context.Warning(DiagnosticCodes.NoEffect, path, $"these settings have no effect: the model's type is {Name(actual)}", $"set spec.modelType: {Name(type)}, or remove them");
    }

    private static string Name(ModelType type) => type.ToString().ToLowerInvariant();
}
