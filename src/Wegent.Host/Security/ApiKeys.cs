using System.Security.Cryptography;
using System.Text;
using Wegent.Storage;

namespace Wegent.Hosting.Security;

/// <summary>Long-lived credentials for programs: <c>wg-…</c>, shown once, and stored as a hash.</summary>
internal sealed partial class ApiKeys(IUserStore users, TimeProvider clock, ILogger<ApiKeys> logger)
{
    /// <summary>How every key begins, so that people and scanners recognise one.</summary>
    public const string Prefix = "wg-";

    /// <summary>Scope of a key that may do all that its user may.</summary>
    public const string FullScope = "full";

    /// <summary>Scope of a key that only reads.</summary>
    public const string ReadScope = "read";

    private const int MaxKeys = 50;
    private const int SecretLength = 43; // letters and digits: 256 bits
    private const int HintLength = 4;
    private const int MaxLifetimeDays = 3650;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Makes a key.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="name">What the user calls it, 1 to 64 characters.</param>
    /// <param name="scope"><see cref="FullScope"/> or <see cref="ReadScope"/>.</param>
    /// <param name="days">Days that it counts, 1 to 3,650; null means until it is removed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The key, which cannot be had again, and what is stored of it.</returns>
    /// <exception cref="Api.InvalidRequestException">A value is out of range.</exception>
    /// <exception cref="ConflictException"><c>api_key.too_many</c>.</exception>
    public async ValueTask<(string Key, ApiKeyRecord Record)> CreateAsync(long userId, string name, string scope, int? days, CancellationToken cancellationToken)
    {
        if (name.Trim().Length is < 1 or > 64)
            throw new Api.InvalidRequestException("name has 1 to 64 characters: what you want to call the key.");
        if (scope is not (FullScope or ReadScope))
            throw new Api.InvalidRequestException($"scope is '{scope}'; it may be {FullScope} or {ReadScope}.");
        if (days is < 1 or > MaxLifetimeDays)
            throw new Api.InvalidRequestException($"expires_in_days is {days}; it may be 1 to {MaxLifetimeDays}.");

        var key = Prefix + RandomNumberGenerator.GetString(Alphabet, SecretLength);
        DateTimeOffset? expires = days is { } count ? clock.GetUtcNow().AddDays(count) : null;
        var record = await users.AddKeyAsync(new NewApiKey(userId, name.Trim(), HashOf(key), key[^HintLength..], scope, expires), MaxKeys, cancellationToken);
        LogCreated(logger, record.Id, userId, scope);
        return (key, record);
    }

    /// <summary>The key and the user behind it, if it still counts.</summary>
    public async ValueTask<(ApiKeyRecord Key, UserRecord User)?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (key.Length != Prefix.Length + SecretLength)
            return null;

        // No salt and no rounds: 256 random bits cannot be guessed, and are looked up at every request.
        var found = await users.FindKeyAsync(HashOf(key), cancellationToken);
        return found is { User.IsActive: true } && (found.Value.Key.ExpiresAt is not { } end || clock.GetUtcNow() < end) ? found : null;
    }

    /// <summary>Removes a key of a user.</summary>
    /// <exception cref="NotFoundException"><c>api_key.not_found</c>.</exception>
    public async ValueTask RemoveAsync(long userId, long keyId, CancellationToken cancellationToken)
    {
        if (!await users.RemoveKeyAsync(userId, keyId, cancellationToken))
            throw new NotFoundException("api_key.not_found", $"You have no API key {keyId}; GET /api/users/me/api-keys lists yours.");
        LogRemoved(logger, keyId, userId);
    }

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    [LoggerMessage(5020, LogLevel.Information, "api_key.created: {KeyId} of user {UserId}, scope {Scope}")]
    private static partial void LogCreated(ILogger logger, long keyId, long userId, string scope);

    [LoggerMessage(5021, LogLevel.Information, "api_key.removed: {KeyId} of user {UserId}")]
    private static partial void LogRemoved(ILogger logger, long keyId, long userId);
}
