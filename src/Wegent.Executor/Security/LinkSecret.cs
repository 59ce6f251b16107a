using System.Security.Cryptography;
using System.Text;

namespace Wegent.Executor.Security;

/// <summary>
/// Recognises the runtime's secret by its SHA-256. The secret itself is never inside the sandbox, so an agent that reads
/// everything here, the executor's own environment included, still cannot speak to the executor.
/// </summary>
internal sealed class LinkSecret
{
    private const string Scheme = "Bearer ";
    private readonly byte[] hash;

    private LinkSecret(byte[] hash) => this.hash = hash;

    /// <summary>Takes the hash as 64 hexadecimal digits; null when it is something else.</summary>
    public static LinkSecret? Parse(string? hex)
    {
        if (hex is not { Length: Sha256.Length * 2 } || !hex.All(char.IsAsciiHexDigit))
            return null;
        return new LinkSecret(Convert.FromHexString(hex));
    }

    /// <summary>Whether an <c>Authorization</c> header carries the secret. Takes the same time for every wrong one of a length.</summary>
    public bool Matches(string? authorization) =>
        authorization is not null
        && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Sha256.Hash(Encoding.UTF8.GetBytes(authorization, Scheme.Length, authorization.Length - Scheme.Length)), hash);
}
