using System.Text.RegularExpressions;
using Wegent.Runtime.Security;
using Wegent.Storage;

namespace Wegent.Runtime.Application;

/// <summary>The secrets of one user.</summary>
internal sealed partial class SecretService(string owner, ISecretStore secrets, CredentialCipher cipher) : ISecretClient
{
    private const int MaxValue = 65_536;

    public ValueTask SetAsync(string name, string value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        if (!Name().IsMatch(name))
            throw new WegentException("secret.invalid", "A secret's name has 1 to 253 letters, digits, '_', '.' and '-'.");
        if (value.Length is < 1 or > MaxValue)
            throw new WegentException("secret.invalid", $"The value of secret '{name}' has {value.Length} characters; it may have 1 to {MaxValue}.");
        return secrets.SetAsync(owner, name, cipher.Encrypt(value, CredentialResolver.PlaceOf(owner, name)), cancellationToken);
    }

    public ValueTask<IReadOnlyList<SecretInfo>> ListAsync(CancellationToken cancellationToken = default) => secrets.ListAsync(owner, cancellationToken);

    public ValueTask<bool> RemoveAsync(string name, CancellationToken cancellationToken = default) => secrets.RemoveAsync(owner, name, cancellationToken);

    [GeneratedRegex(@"\A[A-Za-z0-9_.-]{1,253}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
