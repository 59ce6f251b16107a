using Wegent.Storage;

namespace Wegent.Hosting.Api;

/// <summary>POST <c>/api/users/me/api-keys</c>.</summary>
internal sealed record ApiKeyBody
{
    /// <summary>What the user calls it.</summary>
    public required string Name { get; init; }

    /// <summary><c>full</c>, which is the default, or <c>read</c>.</summary>
    public string? Scope { get; init; }

    /// <summary>Days it counts; null means until it is removed.</summary>
    public int? ExpiresInDays { get; init; }
}

/// <summary>An API key.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">What the user calls it.</param>
/// <param name="Scope">What it allows.</param>
/// <param name="Hint">Its last characters.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends; null when it does not.</param>
/// <param name="Key">The key itself, in the answer that made it and nowhere else.</param>
internal sealed record ApiKeyReply(long Id, string Name, string Scope, string Hint, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, string? Key)
{
    public static ApiKeyReply Of(ApiKeyRecord record, string? key) => new(record.Id, record.Name, record.Scope, record.Hint, record.CreatedAt, record.ExpiresAt, key);

    /// <summary>Prints no key.</summary>
    public override string ToString() => $"ApiKeyReply {{ Id = {Id}, Name = {Name} }}";
}

/// <summary>A user's API keys.</summary>
internal sealed record ApiKeyList(IReadOnlyList<ApiKeyReply> Items);
