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
                Origin = change.Origin,
            }
            : stored with
            {
                Version = version,
                Generation = stored.Generation + (IsSameDesire(stored.Document, document) ? 0 : 1),
                Document = document,
                UpdatedAt = now,
            };
    }

    /// <summary>What a write is entered in the log as.</summary>
    /// <param name="before">The resource before; null when it did not exist.</param>
    /// <param name="after">The resource after; null when it is gone.</param>
    /// <param name="version">Version of the write.</param>
    /// <param name="now">The present time.</param>
    public static ResourceLogEntry EntryOf(StoredResource? before, StoredResource? after, long version, DateTimeOffset now) => (before, after) switch
    {
        (null, { } created) => new(ResourceOperation.Added, created),
        ({ }, { } changed) => new(ResourceOperation.Modified, changed),
        ({ } gone, null) => new(ResourceOperation.Deleted, gone with { Version = version, UpdatedAt = now }),
        _ => throw new ArgumentException("Nothing was written.", nameof(after)),
    };

    /// <summary>Refuses a write whose guard does not hold any more.</summary>
    /// <exception cref="ConflictException"><c>resource.moved</c>.</exception>
    public static void CheckStoreVersion(ResourceGuard? guard, long version)
    {
        if (guard?.StoreVersion is { } expected && expected != version)
            throw new ConflictException("resource.moved", $"Resources changed meanwhile: the store is at version {version}, not {expected}. Look again and retry.");
    }

    /// <summary>The error for a resource that must exist and does not.</summary>
    public static ConflictException Missing(ResourceKey key) =>
        new("resource.moved", $"{key} was deleted meanwhile, and what is written refers to it. Look again and retry.");

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

    /// <summary>Refuses a trim that would keep nothing to go by.</summary>
    public static void CheckTrim(long keepChanges, int keepRevisions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keepChanges);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keepRevisions);
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
