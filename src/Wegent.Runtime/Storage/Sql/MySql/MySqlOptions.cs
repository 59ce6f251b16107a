using System.Globalization;
using MySqlConnector;

namespace Wegent.Runtime.Storage.Sql.MySql;

/// <summary>Which MySQL or MariaDB database, and how it is used. Prints no credentials.</summary>
internal sealed class MySqlOptions
{
    private const string Example = "Write for instance: Server=db.example.com;Database=wegent;User ID=wegent;Password='...' (a password with ; or = needs the quotes).";

    private MySqlOptions(MySqlConnectionStringBuilder settings)
    {
        // What the stores rely on is not for the connection string to say.
        settings.Pooling = false; // sessions are pooled with their statements
        settings.UseAffectedRows = false; // a guarded update counts the rows it found, even when it changed nothing in them
        settings.TreatTinyAsBoolean = false;
        settings.GuidFormat = MySqlGuidFormat.None; // a text of 36 characters is a text
        settings.AllowUserVariables = false;
        settings.AllowLoadLocalInfile = false;
        settings.AutoEnlist = false;
        settings.IgnorePrepare = false;
        settings.PersistSecurityInfo = false;
        settings.CharacterSet = "utf8mb4";
        settings.ApplicationName = "wegent";
        ConnectionString = settings.ConnectionString;
        Place = settings.ConnectionProtocol == MySqlConnectionProtocol.UnixSocket || settings.Server.StartsWith('/')
            ? $"{settings.Database} at {settings.Server}"
            : string.Create(CultureInfo.InvariantCulture, $"{settings.Database} at {settings.Server}:{settings.Port}");
    }

    /// <summary>The connection string for the driver. Holds the password: never to be shown.</summary>
    public string ConnectionString { get; }

    /// <summary>Database and server, such as <c>wegent at db.example.com:3306</c>; no credentials.</summary>
    public string Place { get; }

    /// <summary>How long a statement waits for a row that another transaction holds. Default 5 s, at least 1 s.</summary>
    public TimeSpan LockWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="WegentException"><c>storage.bad_connection_string</c>: what is wrong with it, and what to write. The string itself is not quoted, since it holds a password.</exception>
    public static MySqlOptions From(string? connectionString) =>
        Parse(connectionString, out var options) is { } problem
            ? throw new WegentException("storage.bad_connection_string", problem)
            : options!; // there is no problem

    /// <summary>What is wrong with a connection string, naming its key in the configuration; null when nothing is.</summary>
    public static string? ProblemOf(string? connectionString, string setting = nameof(StorageOptions.ConnectionString)) => Parse(connectionString, out _, setting);

    private static string? Parse(string? connectionString, out MySqlOptions? options, string setting = nameof(StorageOptions.ConnectionString))
    {
        options = null;
        var key = $"{StorageOptions.Section}:{setting}";
        if (string.IsNullOrWhiteSpace(connectionString))
            return $"{key} is missing: {StorageOptions.Section}:Provider MySql needs one. {Example}";

        MySqlConnectionStringBuilder settings;
        try
        {
            settings = new MySqlConnectionStringBuilder(connectionString);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            return $"{key} is not one for MySQL: it has a part that the driver does not know, or a value that cannot be. {Example}"; // the driver's own words may quote a piece of the password
        }

        if (settings.Server.Length == 0)
            return $"{key} names no server. {Example}";
        if (settings.Database.Length == 0)
            return $"{key} names no database. {Example}";
        options = new MySqlOptions(settings);
        return null;
    }
}
