using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Wegent.Runtime.Storage;

namespace Wegent.Runtime.Security;

/// <summary>The host's keys: the newest writes, all read. Each is known by a short digest of itself.</summary>
internal sealed class KeyRing
{
    public const int KeyBytes = 32;

    private readonly Dictionary<string, byte[]> _keys = new(StringComparer.Ordinal);

    public KeyRing(IOptions<SecurityOptions> security, IOptions<WegentOptions> options, IOptions<StorageOptions> storage)
    {
        string[] configured = [.. security.Value.EncryptionKeys];
        if (configured.Length == 0)
            configured = [storage.Value.Provider == StorageProvider.InMemory ? NewKey() : ReadOrCreate(options.Value.DataDirectory)];

        foreach (var text in configured)
        {
            var key = Convert.FromBase64String(text);
            _keys.TryAdd(IdOf(key), key);
        }

        CurrentId = IdOf(Convert.FromBase64String(configured[0]));
    }

    /// <summary>Digest of the key that writes.</summary>
    public string CurrentId { get; }

    /// <summary>The key that writes.</summary>
    public byte[] Current => _keys[CurrentId];

    /// <summary>A key by its digest; null when it is not on the ring.</summary>
    public byte[]? Find(string id) => _keys.GetValueOrDefault(id);

    private static string IdOf(byte[] key) => Convert.ToHexStringLower(SHA256.HashData(key).AsSpan(0, 4));

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));

    private static string ReadOrCreate(string dataDirectory)
    {
        var path = Path.Combine(Directory.CreateDirectory(dataDirectory).FullName, "encryption.key");
        try
        {
            // Written aside and linked into place, so that of two hosts that start at once one makes the key and both read it.
            if (!File.Exists(path))
            {
                var aside = $"{path}.{Guid.CreateVersion7():N}";
                var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows())
                    create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                using (var file = new StreamWriter(aside, create))
                    file.Write(NewKey());
                try
                {
                    File.Move(aside, path, overwrite: false);
                }
                catch (IOException) when (File.Exists(path))
                {
                    File.Delete(aside);
                }
            }

            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WegentException("security.key_unreadable", $"The key file '{path}' cannot be read or made: {error.Message} Mend it, or set {SecurityOptions.Section}:EncryptionKeys.", error);
        }
    }
}
