using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Wegent.Storage;

namespace Wegent.Hosting.Security;

/// <summary>Hashes and checks passwords: PBKDF2 with HMAC-SHA-512, 210,000 rounds.</summary>
internal sealed class Passwords
{
    public const int MinLength = 8;

    public const int MaxLength = 256;

    private const int Rounds = 210_000;

    // Without letters and digits that look alike.
    private const string GeneratedAlphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private readonly PasswordHasher<UserRecord> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }));

    private readonly string _nobodysHash = MakeUpHash();

    /// <summary>Hashes a password for the store.</summary>
    public string Hash(string password) => _hasher.HashPassword(null!, password); // the hasher does not look at the user

    /// <summary>Checks a password. Takes as long when there is no hash to check against.</summary>
    /// <param name="hash">The stored hash; null when the user does not exist or has no password.</param>
    /// <param name="password">What was given.</param>
    /// <returns>Whether it fits, and whether the hash should be made anew because it is weaker than today's.</returns>
    public (bool Fits, bool Rehash) Check(string? hash, string password)
    {
        var verdict = _hasher.VerifyHashedPassword(null!, hash ?? _nobodysHash, password); // the hasher does not look at the user
        return (hash is not null && verdict != PasswordVerificationResult.Failed, hash is not null && verdict == PasswordVerificationResult.SuccessRehashNeeded);
    }

    /// <summary>A new password of 20 characters, about 115 bits.</summary>
    public static string Generate() => RandomNumberGenerator.GetString(GeneratedAlphabet, 20);

    // A hash that no password fits, in the hasher's own format, so that checking against it costs what a real one costs.
    private static string MakeUpHash()
    {
        var hash = new byte[1 + 12 + 16 + 32];
        RandomNumberGenerator.Fill(hash);
        hash[0] = 1; // format: PRF, rounds, salt length, salt, subkey
        BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(1), 2); // HMAC-SHA-512
        BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(5), Rounds);
        BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(9), 16);
        return Convert.ToBase64String(hash);
    }
}
