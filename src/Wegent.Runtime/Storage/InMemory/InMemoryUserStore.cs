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

    private UserRecord? Find(long userId) => database.Users.Values.FirstOrDefault(user => user.Id == userId);
}
