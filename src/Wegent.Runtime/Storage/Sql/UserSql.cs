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

    private const string KeyColumns = "k.id, k.user_id, k.name, k.hint, k.scope, k.created_at, k.expires_at";

    // ux_api_keys_hash, then the primary key of users
    public const string FindKey = $"SELECT {KeyColumns}, {Columns} FROM api_keys k /*use ux_api_keys_hash*/ JOIN users u ON u.id = k.user_id WHERE k.key_hash = @key_hash";

    // ix_api_keys_user
    public const string ListKeys = $"SELECT {KeyColumns} FROM api_keys k /*use ix_api_keys_user*/ WHERE k.user_id = @user_id ORDER BY k.id";

    // ix_api_keys_user
    public const string CountKeys = "SELECT COUNT(*) FROM api_keys k /*use ix_api_keys_user*/ WHERE k.user_id = @user_id";

    public const string InsertKey = """
        INSERT INTO api_keys (user_id, name, key_hash, hint, scope, created_at, expires_at)
        VALUES (@user_id, @name, @key_hash, @hint, @scope, @created_at, @expires_at) /*id*/
        """;

    // primary key
    public const string DeleteKey = "DELETE FROM api_keys WHERE id = @id AND user_id = @user_id";

    // primary key
    public const string Update = """
        UPDATE users SET role = @role, password_hash = @password_hash, is_active = @is_active, token_version = @token_version, updated_at = @updated_at
        WHERE id = @id
        """;
}
