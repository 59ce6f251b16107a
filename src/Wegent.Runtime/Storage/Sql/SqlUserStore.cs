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

    private static UserRecord Map(SqlRow row) => new()
    {
        Id = row.GetInt64(0),
        UserName = row.GetString(1),
        Role = row.GetString(2),
        PasswordHash = row.FindString(3),
        IsActive = row.GetInt64(4) != 0,
        TokenVersion = row.GetInt32(5),
        CreatedAt = row.GetTime(6),
    };
}
