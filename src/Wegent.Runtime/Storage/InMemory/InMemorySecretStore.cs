using Wegent.Storage;

namespace Wegent.Runtime.Storage.InMemory;

/// <summary>Secrets in memory.</summary>
internal sealed class InMemorySecretStore(InMemoryDatabase database) : ISecretStore
{
    public ValueTask SetAsync(string owner, string name, string ciphertext, CancellationToken cancellationToken)
    {
        database.Write(() => database.Secrets[(owner, name)] = (ciphertext, database.Now), cancellationToken);
        return default;
    }

    public ValueTask<string?> FindAsync(string owner, string name, CancellationToken cancellationToken) =>
        new(database.Read(() => database.Secrets.TryGetValue((owner, name), out var secret) ? secret.Ciphertext : null, cancellationToken));

    public ValueTask<IReadOnlyList<SecretInfo>> ListAsync(string owner, CancellationToken cancellationToken) => new(database.Read<IReadOnlyList<SecretInfo>>(
        () => [.. database.Secrets.Where(entry => entry.Key.Owner == owner).OrderBy(static entry => entry.Key.Name, StringComparer.Ordinal).Select(static entry => new SecretInfo(entry.Key.Name, entry.Value.UpdatedAt))],
        cancellationToken));

    public ValueTask<bool> RemoveAsync(string owner, string name, CancellationToken cancellationToken) =>
        new(database.Write(() => database.Secrets.Remove((owner, name)), cancellationToken));
}
