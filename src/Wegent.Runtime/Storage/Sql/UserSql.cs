namespace Wegent.Runtime.Storage.Sql;

/// <summary>The SQL of users.</summary>
internal static class UserSql
{
    private const string Columns = "u.id, u.user_name, u.role, u.password_hash, u.is_active, u.token_version, u.created_at";

    // primary key
    public const string Find = $"SELECT {Columns} FROM users u WHERE u.id = @id";

    // primary key
    public const string FindToChange = $"{Find} /*lock*/";

    // ux_users_name
    public const string FindByName = $"SELECT {Columns} FROM users u /*use ux_users_name*/ WHERE u.name_key = @name_key";

    // ux_users_name, all of it
    public const string List = $"SELECT {Columns} FROM users u /*use ux_users_name*/ ORDER BY u.name_key";

    public const string Insert = """
        INSERT INTO users (user_name, name_key, role, password_hash, is_active, token_version, created_at, updated_at)
        VALUES (@user_name, @name_key, @role, @password_hash, 1, 0, @created_at, @created_at) /*id*/
        """;

    // primary key
    public const string Update = """
        UPDATE users SET role = @role, password_hash = @password_hash, is_active = @is_active, token_version = @token_version, updated_at = @updated_at
        WHERE id = @id
        """;
}
