using System.Data.Common;
using Wegent.Storage;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>Users in SQL.</summary>
internal sealed class SqlUserStore(SqlDatabase database) : IUserStore
{
    public ValueTask<UserRecord?> FindByNameAsync(string userName, CancellationToken cancellationToken) => database.ReadAsync(
        session => session.FindAsync(UserSql.FindByName, Map, ("name_key", UserWrites.NameKey(userName))), cancellationToken);

    public ValueTask<UserRecord?> FindAsync(long userId, CancellationToken cancellationToken) => database.ReadAsync(
        session => session.FindAsync(UserSql.Find, Map, ("id", userId)), cancellationToken);

    public async ValueTask<IReadOnlyList<UserRecord>> ListAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(static session => session.QueryAsync(UserSql.List, Map), cancellationToken).ConfigureAwait(false);

    public ValueTask<UserRecord> CreateAsync(NewUser user, CancellationToken cancellationToken)
    {
        UserWrites.Check(user);
        return database.WriteAsync(session => InsertAsync(session, user), cancellationToken);
    }

    public ValueTask<UserRecord?> UpdateAsync(long userId, UserChange change, CancellationToken cancellationToken) => database.WriteAsync(
        async session =>
        {
            if (await session.FindAsync(UserSql.FindToChange, Map, ("id", userId)).ConfigureAwait(false) is not { } user)
                return null;
            var changed = UserWrites.Apply(user, change);
            await session.ExecuteAsync(
                UserSql.Update,
                ("role", changed.Role),
                ("password_hash", changed.PasswordHash),
                ("is_active", changed.IsActive ? 1 : 0),
                ("token_version", changed.TokenVersion),
                ("updated_at", StoreTime.ToMicroseconds(database.Now)),
                ("id", userId)).ConfigureAwait(false);
            return changed;
        },
        cancellationToken);

    public ValueTask<ApiKeyRecord> AddKeyAsync(NewApiKey key, int limit, CancellationToken cancellationToken)
    {
        UserWrites.Check(key);
        return database.WriteAsync(session => InsertKeyAsync(session, key, limit), cancellationToken);
    }

    public ValueTask<(ApiKeyRecord Key, UserRecord User)?> FindKeyAsync(string hash, CancellationToken cancellationToken) => database.ReadAsync(
        session => session.FindAsync<(ApiKeyRecord, UserRecord)?>(UserSql.FindKey, static row => (MapKey(row), Map(row, first: 7)), ("key_hash", hash)), cancellationToken);

    public async ValueTask<IReadOnlyList<ApiKeyRecord>> ListKeysAsync(long userId, CancellationToken cancellationToken) =>
        await database.ReadAsync(session => session.QueryAsync(UserSql.ListKeys, MapKey, ("user_id", userId)), cancellationToken).ConfigureAwait(false);

    public ValueTask<bool> RemoveKeyAsync(long userId, long keyId, CancellationToken cancellationToken) => database.WriteAsync(
        async session => await session.ExecuteAsync(UserSql.DeleteKey, ("id", keyId), ("user_id", userId)).ConfigureAwait(false) > 0, cancellationToken);

    private async ValueTask<ApiKeyRecord> InsertKeyAsync(SqlSession session, NewApiKey key, int limit)
    {
        // The user's row is kept, so that two hosts count one after the other.
        if (await session.FindAsync(UserSql.FindToChange, Map, ("id", key.UserId)).ConfigureAwait(false) is null)
            throw UserWrites.NoUser(key.UserId);
        if (await session.FindAsync(UserSql.CountKeys, static row => row.GetInt32(0), ("user_id", key.UserId)).ConfigureAwait(false) >= limit)
            throw UserWrites.TooManyKeys(limit);
        var now = database.Now;
        var id = await session.InsertAsync(
            UserSql.InsertKey,
            ("user_id", key.UserId),
            ("name", key.Name),
            ("key_hash", key.Hash),
            ("hint", key.Hint),
            ("scope", key.Scope),
            ("created_at", StoreTime.ToMicroseconds(now)),
            ("expires_at", StoreTime.ToMicroseconds(key.ExpiresAt))).ConfigureAwait(false);
        return new() { Id = id, UserId = key.UserId, Name = key.Name, Hint = key.Hint, Scope = key.Scope, CreatedAt = now, ExpiresAt = key.ExpiresAt };
    }

    private async ValueTask<UserRecord> InsertAsync(SqlSession session, NewUser user)
    {
        var now = database.Now;
        try
        {
            var id = await session.InsertAsync(
                UserSql.Insert,
                ("user_name", user.UserName),
                ("name_key", UserWrites.NameKey(user.UserName)),
                ("role", user.Role),
                ("password_hash", user.PasswordHash),
                ("created_at", StoreTime.ToMicroseconds(now))).ConfigureAwait(false);
            return new() { Id = id, UserName = user.UserName, Role = user.Role, PasswordHash = user.PasswordHash, CreatedAt = now };
        }
        catch (DbException error) when (database.Dialect.IsUniqueViolation(error))
        {
            throw UserWrites.NameTaken(user.UserName);
        }
    }

    private static UserRecord Map(SqlRow row) => Map(row, first: 0);

    private static UserRecord Map(SqlRow row, int first) => new()
    {
        Id = row.GetInt64(first),
        UserName = row.GetString(first + 1),
        Role = row.GetString(first + 2),
        PasswordHash = row.FindString(first + 3),
        IsActive = row.GetInt64(first + 4) != 0,
        TokenVersion = row.GetInt32(first + 5),
        CreatedAt = row.GetTime(first + 6),
    };

    private static ApiKeyRecord MapKey(SqlRow row) => new()
    {
        Id = row.GetInt64(0),
        UserId = row.GetInt64(1),
        Name = row.GetString(2),
        Hint = row.GetString(3),
        Scope = row.GetString(4),
        CreatedAt = row.GetTime(5),
        ExpiresAt = row.FindTime(6),
    };
}
