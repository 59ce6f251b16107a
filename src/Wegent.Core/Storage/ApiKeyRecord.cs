namespace Wegent.Storage;

/// <summary>A long-lived credential of a user, for programs. The key itself is stored nowhere.</summary>
public sealed record ApiKeyRecord
{
    /// <summary>Identifier, positive.</summary>
    public required long Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required long UserId { get; init; }

    /// <summary>What the user calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Its last characters, so that a person can tell it from others.</summary>
    public required string Hint { get; init; }

    /// <summary>What it allows: <c>full</c>, or <c>read</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends, UTC; null when it does not.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>An API key to add.</summary>
/// <param name="UserId">Whose it is.</param>
/// <param name="Name">1 to 64 characters.</param>
/// <param name="Hash">Hash of the key, unique.</param>
/// <param name="Hint">Its last characters.</param>
/// <param name="Scope"><c>full</c> or <c>read</c>.</param>
/// <param name="ExpiresAt">When it ends; null when it does not.</param>
public sealed record NewApiKey(long UserId, string Name, string Hash, string Hint, string Scope, DateTimeOffset? ExpiresAt)
{
    /// <summary>Prints no hash.</summary>
    public override string ToString() => $"NewApiKey {{ UserId = {UserId}, Name = {Name}, Scope = {Scope} }}";
}
