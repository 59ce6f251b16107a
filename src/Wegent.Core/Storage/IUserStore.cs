namespace Wegent.Storage;

/// <summary>The users of a host. Implementations pass <c>UserStoreContract</c> of the TestKit.</summary>
public interface IUserStore
{
    /// <summary>Finds a user by name, without regard to case; null when there is none.</summary>
    ValueTask<UserRecord?> FindByNameAsync(string userName, CancellationToken cancellationToken);

    /// <summary>Finds a user by id; null when there is none.</summary>
    ValueTask<UserRecord?> FindAsync(long userId, CancellationToken cancellationToken);

    /// <summary>All users, by name.</summary>
    ValueTask<IReadOnlyList<UserRecord>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Adds a user.</summary>
    /// <exception cref="ConflictException"><c>user.exists</c>: the name is taken.</exception>
    ValueTask<UserRecord> CreateAsync(NewUser user, CancellationToken cancellationToken);

    /// <summary>Replaces what is given; null leaves a field. Returns null when the user does not exist.</summary>
    ValueTask<UserRecord?> UpdateAsync(long userId, UserChange change, CancellationToken cancellationToken);

    /// <summary>Adds an API key of a user.</summary>
    /// <exception cref="NotFoundException"><c>user.not_found</c>.</exception>
    /// <exception cref="ConflictException"><c>api_key.too_many</c>: the user has <paramref name="limit"/> of them already.</exception>
    ValueTask<ApiKeyRecord> AddKeyAsync(NewApiKey key, int limit, CancellationToken cancellationToken);

    /// <summary>Finds a key and its user by the key's hash; null when there is none. Whether it has expired, and whether the user may sign in, is for the caller to see.</summary>
    ValueTask<(ApiKeyRecord Key, UserRecord User)?> FindKeyAsync(string hash, CancellationToken cancellationToken);

    /// <summary>A user's keys, oldest first.</summary>
    ValueTask<IReadOnlyList<ApiKeyRecord>> ListKeysAsync(long userId, CancellationToken cancellationToken);

    /// <summary>Removes a key of a user; false when the user has none of that id.</summary>
    ValueTask<bool> RemoveKeyAsync(long userId, long keyId, CancellationToken cancellationToken);
}

/// <summary>A user.</summary>
public sealed record UserRecord
{
    /// <summary>Identifier, positive.</summary>
    public required long Id { get; init; }

    /// <summary>Name: owner of the user's resources. Never changes.</summary>
    public required string UserName { get; init; }

    /// <summary><c>admin</c> or <c>user</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Hash of the password; null for users of an identity provider.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Whether the user may sign in.</summary>
    public bool IsActive { get; init; } = true;

    /// <summary>Grows when tokens given out before must end.</summary>
    public int TokenVersion { get; init; }

    /// <summary>When it was added, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Prints no hash.</summary>
    public override string ToString() => $"UserRecord {{ Id = {Id}, UserName = {UserName}, Role = {Role} }}";
}

/// <summary>A user to add.</summary>
/// <param name="UserName">1 to 64 characters, unique without regard to case.</param>
/// <param name="Role"><c>admin</c> or <c>user</c>.</param>
/// <param name="PasswordHash">Hash of the password; null for users of an identity provider.</param>
public sealed record NewUser(string UserName, string Role, string? PasswordHash);

/// <summary>A change of a user; null leaves a field.</summary>
/// <param name="PasswordHash">New hash.</param>
/// <param name="Role">New role.</param>
/// <param name="IsActive">Whether the user may sign in.</param>
/// <param name="EndTokens">True ends all tokens given out before.</param>
public sealed record UserChange(string? PasswordHash = null, string? Role = null, bool? IsActive = null, bool EndTokens = false);
