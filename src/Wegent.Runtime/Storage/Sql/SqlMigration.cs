using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>One step of the schema. Never changed once it was released; a change is a further step.</summary>
/// <param name="Version">Its number, from 1 without a gap.</param>
/// <param name="Name">Its name.</param>
/// <param name="Script">Its statements.</param>
internal sealed record SqlMigration(int Version, string Name, string Script)
{
    /// <summary>Digest of the script, the same whatever its line ends.</summary>
    public string Checksum { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Script.ReplaceLineEndings("\n"))));

    /// <summary>The steps of an engine, in order: <c>Migrations/{engine}/0001_name.sql</c> and so on, embedded.</summary>
    public static IReadOnlyList<SqlMigration> Of(SqlDialect dialect)
    {
        var assembly = typeof(SqlMigration).Assembly;
        var prefix = $"{typeof(SqlMigration).Namespace}.Migrations.{dialect.Name}.";
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => Read(assembly, name, name[prefix.Length..]))];
    }

    private static SqlMigration Read(Assembly assembly, string resource, string file)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!; // its name was listed
        using var reader = new StreamReader(stream);
        var end = file.IndexOf('_', StringComparison.Ordinal);
        return new(int.Parse(file[..end]), Path.GetFileNameWithoutExtension(file[(end + 1)..]), reader.ReadToEnd());
    }
}
