using Wegent.Storage;

namespace Wegent;

/// <summary>A user's secrets, which their resources refer to as <c>${secret:NAME}</c>. Values go in and never come out: they reach agents only.</summary>
public interface ISecretClient
{
    /// <summary>Sets a secret, a new one or another value for one that is there. Stored encrypted; runs that begin later get it.</summary>
    /// <param name="name">1 to 253 letters, digits, <c>_</c>, <c>.</c> and <c>-</c>.</param>
    /// <param name="value">1 to 65,536 characters.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="WegentException"><c>secret.invalid</c>: the name or the value cannot be taken.</exception>
    ValueTask SetAsync(string name, string value, CancellationToken cancellationToken = default);

    /// <summary>The secrets by name, without their values.</summary>
    ValueTask<IReadOnlyList<SecretInfo>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Removes a secret; false when there is none of that name. Resources that refer to it fail at their next run.</summary>
    ValueTask<bool> RemoveAsync(string name, CancellationToken cancellationToken = default);
}
