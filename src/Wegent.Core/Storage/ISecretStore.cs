namespace Wegent.Storage;

/// <summary>Secrets by name, as ciphertexts: a store never sees a value. Implementations pass <c>SecretStoreContract</c> of the TestKit.</summary>
public interface ISecretStore
{
    /// <summary>Sets a secret of a user, a new one or another value for one that is there.</summary>
    ValueTask SetAsync(string owner, string name, string ciphertext, CancellationToken cancellationToken);

    /// <summary>The ciphertext of a secret, or null when the user has none of that name.</summary>
    ValueTask<string?> FindAsync(string owner, string name, CancellationToken cancellationToken);

    /// <summary>A user's secrets by name, without their values.</summary>
    ValueTask<IReadOnlyList<SecretInfo>> ListAsync(string owner, CancellationToken cancellationToken);

    /// <summary>Removes a secret; false when the user has none of that name.</summary>
    ValueTask<bool> RemoveAsync(string owner, string name, CancellationToken cancellationToken);
}

/// <summary>What anybody may know of a secret.</summary>
/// <param name="Name">Its name.</param>
/// <param name="UpdatedAt">When its value was last set, UTC.</param>
public sealed record SecretInfo(string Name, DateTimeOffset UpdatedAt);
