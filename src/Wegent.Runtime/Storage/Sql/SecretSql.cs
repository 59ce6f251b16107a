namespace Wegent.Runtime.Storage.Sql;

/// <summary>The SQL of secrets.</summary>
internal static class SecretSql
{
    // primary key
    public const string Find = "SELECT s.ciphertext FROM secrets s WHERE s.owner = @owner AND s.name = @name";

    // primary key
    public const string List = "SELECT s.name, s.updated_at FROM secrets s WHERE s.owner = @owner ORDER BY s.name";

    // primary key
    public const string Update = "UPDATE secrets SET ciphertext = @ciphertext, updated_at = @now WHERE owner = @owner AND name = @name";

    public const string Insert = "INSERT INTO secrets (owner, name, ciphertext, updated_at) VALUES (@owner, @name, @ciphertext, @now)";

    // primary key
    public const string Delete = "DELETE FROM secrets WHERE owner = @owner AND name = @name";
}
