using System.Data.Common;
using Wegent.Storage;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>Secrets in SQL.</summary>
internal sealed class SqlSecretStore(SqlDatabase database) : ISecretStore
{
    public async ValueTask SetAsync(string owner, string name, string ciphertext, CancellationToken cancellationToken) =>
        await database.WriteAsync(session => SetAsync(session, owner, name, ciphertext), cancellationToken).ConfigureAwait(false);

    public ValueTask<string?> FindAsync(string owner, string name, CancellationToken cancellationToken) => database.ReadAsync(
        session => session.FindAsync(SecretSql.Find, static row => row.GetString(0), ("owner", owner), ("name", name)), cancellationToken);

    public async ValueTask<IReadOnlyList<SecretInfo>> ListAsync(string owner, CancellationToken cancellationToken) => await database.ReadAsync(
        session => session.QueryAsync(SecretSql.List, static row => new SecretInfo(row.GetString(0), row.GetTime(1)), ("owner", owner)), cancellationToken).ConfigureAwait(false);

    public ValueTask<bool> RemoveAsync(string owner, string name, CancellationToken cancellationToken) => database.WriteAsync(
        async session => await session.ExecuteAsync(SecretSql.Delete, ("owner", owner), ("name", name)).ConfigureAwait(false) > 0, cancellationToken);

    private async ValueTask<int> SetAsync(SqlSession session, string owner, string name, string ciphertext)
    {
        if (await WriteAsync(SecretSql.Update).ConfigureAwait(false) is > 0 and var changed)
            return changed;
        try
        {
            return await WriteAsync(SecretSql.Insert).ConfigureAwait(false);
        }
        catch (DbException error) when (database.Dialect.IsUniqueViolation(error))
        {
            return await WriteAsync(SecretSql.Update).ConfigureAwait(false); // another host was faster
        }

        ValueTask<int> WriteAsync(string sql) =>
            session.ExecuteAsync(sql, ("owner", owner), ("name", name), ("ciphertext", ciphertext), ("now", StoreTime.ToMicroseconds(database.Now)));
    }
}
