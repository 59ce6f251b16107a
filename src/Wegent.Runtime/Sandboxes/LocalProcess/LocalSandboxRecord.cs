using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Runtime.Sandboxes.LocalProcess;

/// <summary>What is written down of a local sandbox, so that a later host finds it again. Holds no secret.</summary>
internal sealed record LocalSandboxRecord
{
    /// <summary>Its identifier.</summary>
    public required string Id { get; init; }

    /// <summary>The store it belongs to.</summary>
    public required string StoreId { get; init; }

    /// <summary>The task it serves.</summary>
    public required long TaskId { get; init; }

    /// <summary>When it was created, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The executor's socket.</summary>
    public required string Socket { get; init; }

    /// <summary>The executor; null until it is started.</summary>
    public LocalProcessIdentity? Executor { get; init; }

    /// <summary>Reads the record of a sandbox folder; null when there is none, or none that can be read.</summary>
    public static LocalSandboxRecord? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), LocalSandboxJson.Default.LocalSandboxRecord);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it in one step.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string path)
    {
        var beside = path + ".new";
        File.WriteAllBytes(beside, JsonSerializer.SerializeToUtf8Bytes(this, LocalSandboxJson.Default.LocalSandboxRecord));
        File.Move(beside, path, overwrite: true);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LocalSandboxRecord))]
internal sealed partial class LocalSandboxJson : JsonSerializerContext;
