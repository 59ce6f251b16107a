using Wegent.Storage;

namespace Wegent.Runtime.Storage.InMemory;

/// <summary>Users in memory.</summary>
internal sealed class InMemoryUserStore(InMemoryDatabase database) : IUserStore
{
    public ValueTask<UserRecord?> FindByNameAsync(string userName, CancellationToken cancellationToken) =>
        new(database.Read(() => database.Users.GetValueOrDefault(UserWrites.NameKey(userName)), cancellationToken));

    public ValueTask<UserRecord?> FindAsync(long userId, CancellationToken cancellationToken) =>
        new(database.Read(() => Find(userId), cancellationToken));

    public ValueTask<IReadOnlyList<UserRecord>> ListAsync(CancellationToken cancellationToken) =>
        new(database.Read<IReadOnlyList<UserRecord>>(() => [.. database.Users.Values], cancellationToken));

    public ValueTask<UserRecord> CreateAsync(NewUser user, CancellationToken cancellationToken)
    {
        UserWrites.Check(user);
        return new(database.Write(
            () =>
            {
                var record = new UserRecord
                {
                    Id = database.Users.Count + 1,
                    UserName = user.UserName,
                    Role = user.Role,
                    PasswordHash = user.PasswordHash,
                    CreatedAt = database.Now,
                };
                return database.Users.TryAdd(UserWrites.NameKey(user.UserName), record) ? record : throw UserWrites.NameTaken(user.UserName);
            },
            cancellationToken));
    }

    public ValueTask<UserRecord?> UpdateAsync(long userId, UserChange change, CancellationToken cancellationToken) => new(database.Write(
        () =>
        {
            if (Find(userId) is not { } user)
                return null;
            var changed = UserWrites.Apply(user, change);
            database.Users[UserWrites.NameKey(user.UserName)] = changed;
            return changed;
        },
        cancellationToken));

    public ValueTask<ApiKeyRecord> AddKeyAsync(NewApiKey key, int limit, CancellationToken cancellationToken)
    {
        UserWrites.Check(key);
        return new(database.Write(
            () =>
            {
                if (Find(key.UserId) is null)
                    throw UserWrites.NoUser(key.UserId);
                if (database.ApiKeys.Values.Count(other => other.UserId == key.UserId) >= limit)
                    throw UserWrites.TooManyKeys(limit);
                var record = new ApiKeyRecord
                {
                    Id = ++database.LastApiKeyId,
                    UserId = key.UserId,
                    Name = key.Name,
                    Hint = key.Hint,
                    Scope = key.Scope,
                    CreatedAt = database.Now,
                    ExpiresAt = key.ExpiresAt,
                };
                database.ApiKeys.Add(key.Hash, record);
                return record;
            },
            cancellationToken));
    }

    public ValueTask<(ApiKeyRecord Key, UserRecord User)?> FindKeyAsync(string hash, CancellationToken cancellationToken) => new(database.Read<(ApiKeyRecord, UserRecord)?>(
        () => database.ApiKeys.TryGetValue(hash, out var key) && Find(key.UserId) is { } user ? (key, user) : null, cancellationToken));

    public ValueTask<IReadOnlyList<ApiKeyRecord>> ListKeysAsync(long userId, CancellationToken cancellationToken) => new(database.Read<IReadOnlyList<ApiKeyRecord>>(
        () => [.. database.ApiKeys.Values.Where(key => key.UserId == userId).OrderBy(static key => key.Id)], cancellationToken));

    public ValueTask<bool> RemoveKeyAsync(long userId, long keyId, CancellationToken cancellationToken) => new(database.Write(
        () => database.ApiKeys.FirstOrDefault(entry => entry.Value.Id == keyId && entry.Value.UserId == userId) is { Key: { } hash } && database.ApiKeys.Remove(hash),
        cancellationToken));

    private UserRecord? Find(long userId) => database.Users.Values.FirstOrDefault(user => user.Id == userId);
}
