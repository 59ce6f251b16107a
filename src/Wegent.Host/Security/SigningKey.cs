using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Wegent.Runtime;

namespace Wegent.Hosting.Security;

/// <summary>The key that signs tokens: from the settings, or made once and kept in the data directory where only this user can read it.</summary>
internal sealed class SigningKey
{
    public const int MinBytes = 32;

    private const string FileName = "signing.key";

    public SigningKey(IOptions<AuthOptions> auth, IOptions<WegentOptions> wegent)
    {
        var bytes = auth.Value.SigningKey is { } configured ? Encoding.UTF8.GetBytes(configured) : LoadOrCreate(wegent.Value.DataDirectory);
        Key = new SymmetricSecurityKey(bytes);
    }

    public SymmetricSecurityKey Key { get; }

    private static byte[] LoadOrCreate(string directory)
    {
        var path = Path.Combine(directory, FileName);
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(directory);
            else
                Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return TryRead(path) ?? Create(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WegentException("auth.signing_key_unreadable", $"The key that signs tokens cannot be read or made at {Path.GetFullPath(path)}: {error.Message} Let this user write there, or set Wegent:Auth:SigningKey.", error);
        }
    }

    private static byte[]? TryRead(string path)
    {
        if (!File.Exists(path))
            return null;
        var key = Convert.FromBase64String(File.ReadAllText(path).Trim());
        return key.Length >= MinBytes ? key : throw new IOException($"it has {key.Length} bytes, not {MinBytes}; delete it to have a new one made, which ends all tokens");
    }

    // Written under another name and then linked, so that a second host that starts now reads all of it or makes none.
    private static byte[] Create(string path)
    {
        var key = RandomNumberGenerator.GetBytes(MinBytes);
        var draft = $"{path}.{Guid.CreateVersion7():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, options))
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(key)));
        }

        try
        {
            File.Move(draft, path, overwrite: false);
            return key;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
            return TryRead(path)!; // it exists: the line above saw it
        }
    }
}
