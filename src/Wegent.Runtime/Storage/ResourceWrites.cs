using System.Text.Json;
using Wegent.Resources;
using Wegent.Storage;

namespace Wegent.Runtime.Storage;

/// <summary>What a change of a resource means, the same for every store, and pure.</summary>
internal static class ResourceWrites
{
    /// <summary>The resource after a change; null after a deletion.</summary>
    /// <param name="stored">As it stands; null when it does not exist.</param>
    /// <param name="change">The change.</param>
    /// <param name="version">The version that this write gets.</param>
    /// <param name="now">The present time.</param>
    /// <exception cref="ConflictException"><c>resource.conflict</c>.</exception>
    public static StoredResource? Apply(StoredResource? stored, ResourceChange change, long version, DateTimeOffset now)
    {
        if ((stored?.Version ?? 0) != change.ExpectedVersion)
            throw Conflict(stored, change);
        if (change.Document is not { } document)
            return null;

        return stored is null
            ? new StoredResource
            {
                Key = change.Key,
                Uid = Guid.CreateVersion7(now).ToString(),
                Version = version,
                Generation = 1,
                Document = document,
                CreatedAt = now,
                UpdatedAt = now,
            }
            : stored with
            {
                Version = version,
                Generation = stored.Generation + (IsSameDesire(stored.Document, document) ? 0 : 1),
                Document = document,
                UpdatedAt = now,
            };
    }

    /// <summary>Refuses what is not kept as a resource.</summary>
    /// <exception cref="ArgumentException">There is no such kind, or it is Task.</exception>
    public static void CheckKind(string kind)
    {
        if (ResourceKinds.Get(kind).Name == ResourceKinds.Task)
            throw new ArgumentException("Tasks are not kept as resources; ITaskStore has them.", nameof(kind));
    }

    /// <summary>Refuses a query that asks for no or too many items.</summary>
    public static void CheckLimit(int limit, string parameter)
    {
        if (limit is < 1 or > 1000)
            throw new ArgumentOutOfRangeException(parameter, limit, "A page has 1 to 1,000 items.");
    }

    /// <summary>The error for a write that came too late.</summary>
    public static ConflictException Conflict(StoredResource? stored, ResourceChange change) => new("resource.conflict", (stored, change.ExpectedVersion) switch
    {
        (null, _) => $"{change.Key} does not exist, or not any more; version {change.ExpectedVersion} was expected. Read it again and retry.",
        (_, 0) => $"{change.Key} exists already, at version {stored.Version}. Read it and change that, or choose another name.",
        _ => $"{change.Key} is at version {stored.Version}, not {change.ExpectedVersion}. Read it again and retry.",
    });

    // What the user wants is the spec; a label or an annotation asks for nothing.
    private static bool IsSameDesire(string before, string after)
    {
        if (before == after)
            return true;
        using var old = JsonDocument.Parse(before);
        using var present = JsonDocument.Parse(after);
        return JsonElement.DeepEquals(SpecOf(old.RootElement), SpecOf(present.RootElement));
    }

    private static JsonElement SpecOf(JsonElement document) =>
        document.ValueKind == JsonValueKind.Object && document.TryGetProperty("spec", out var spec) ? spec : document;
}
