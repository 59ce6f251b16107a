using System.Security.Cryptography;
using System.Text;

namespace Wegent.Runtime.Security;

/// <summary>
/// Encrypts single values for the store: AES-256-GCM, a fresh nonce each, the key's digest in front, and the place of the value as
/// associated data, so that a ciphertext copied to another row does not open there.
/// </summary>
internal sealed class CredentialCipher(KeyRing keys)
{
    private const string Prefix = "enc:v1:";
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Whether a stored value is a ciphertext.</summary>
    public static bool IsEncrypted(string value) => value.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Encrypts a value for a place.</summary>
    public string Encrypt(string value, string place)
    {
        var plain = Encoding.UTF8.GetBytes(value);
        var sealedBytes = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(keys.Current, TagBytes);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceBytes, plain.Length), sealedBytes.AsSpan(NonceBytes + plain.Length), Encoding.UTF8.GetBytes(place));
        return $"{Prefix}{keys.CurrentId}:{place.Length}:{place}:{Convert.ToBase64String(sealedBytes)}";
    }

    /// <summary>Opens a value.</summary>
    /// <exception cref="WegentException"><c>security.undecryptable</c>: its key is not on the ring, or it was changed. The message names the place, never the value.</exception>
    public string Decrypt(string stored)
    {
        var place = "unknown";
        try
        {
            var rest = stored.AsSpan(Prefix.Length);
            var keyId = Take(ref rest);
            var length = int.Parse(Take(ref rest));
            place = rest[..length].ToString();
            var sealedBytes = Convert.FromBase64String(rest[(length + 1)..].ToString());
            var key = keys.Find(keyId.ToString())
                ?? throw new WegentException("security.undecryptable", $"The credential at {place} was encrypted with key {keyId}, which is not configured. Put that key back at the end of {SecurityOptions.Section}:EncryptionKeys, or apply the credential again.");

            var plain = new byte[sealedBytes.Length - NonceBytes - TagBytes];
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(sealedBytes.AsSpan(0, NonceBytes), sealedBytes.AsSpan(NonceBytes, plain.Length), sealedBytes.AsSpan(NonceBytes + plain.Length), plain, Encoding.UTF8.GetBytes(place));
            return Encoding.UTF8.GetString(plain);
        }
        catch (Exception error) when (error is CryptographicException or FormatException or ArgumentOutOfRangeException or OverflowException)
        {
            throw new WegentException("security.undecryptable", $"The credential at {place} was changed in the store and cannot be read. Apply it again.", error);
        }
    }

    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf(':');
        if (end < 0)
            throw new FormatException();
        var part = rest[..end];
        rest = rest[(end + 1)..];
        return part;
    }
}
