using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Hosting.Commands.Remote;

/// <summary>Tokens of hosts that the user signed in to, in a file of their config folder that only they can read.</summary>
internal sealed class CredentialStore(string path)
{
    /// <summary>The user's own.</summary>
    public static CredentialStore OfUser()
    {
        var folder = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } configured
            ? configured
            : Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return new CredentialStore(System.IO.Path.Combine(folder, "wegent", "credentials.json"));
    }

    /// <summary>Where the file is.</summary>
    public string Path => path;

    /// <summary>The host that was signed in to last; null when there is none.</summary>
    public string? LastServer => Read().Last;

    /// <summary>The token for a host; null when there is none, or it has ended.</summary>
    public string? FindToken(string server, DateTimeOffset now) =>
        Read().Servers.TryGetValue(server, out var credential) && credential.ExpiresAt > now ? credential.AccessToken : null;

    /// <summary>Keeps a token.</summary>
    public void Save(string server, Credential credential)
    {
        var file = Read();
        var servers = new Dictionary<string, Credential>(file.Servers, StringComparer.Ordinal) { [server] = credential };
        Write(new CredentialFile(server, servers));
    }

    private CredentialFile Read()
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllText(path), CredentialJson.Default.CredentialFile) ?? CredentialFile.Empty : CredentialFile.Empty;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be read: {error.Message} Remove it and sign in again with: wegent login");
        }
    }

    private void Write(CredentialFile file)
    {
        var folder = System.IO.Path.GetDirectoryName(path)!; // the path is of a file in a folder
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // Written aside and moved into place: the file is whole, and never readable by others, at every moment.
        var aside = $"{path}.{Guid.CreateVersion7():N}";
        using (var output = new FileStream(aside, options))
            JsonSerializer.Serialize(output, file, CredentialJson.Default.CredentialFile);
        File.Move(aside, path, overwrite: true);
    }
}

/// <summary>What is kept of signing in to a host.</summary>
internal sealed record Credential(string UserName, string AccessToken, DateTimeOffset ExpiresAt)
{
    /// <summary>Prints no token.</summary>
    public override string ToString() => $"Credential {{ UserName = {UserName} }}";
}

/// <summary>The file.</summary>
internal sealed record CredentialFile(string? Last, IReadOnlyDictionary<string, Credential> Servers)
{
    public static CredentialFile Empty { get; } = new(null, new Dictionary<string, Credential>());
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(CredentialFile))]
internal sealed partial class CredentialJson : JsonSerializerContext;
