namespace Wegent;

/// <summary>Where secrets come from besides the store: a vault of the application's own. Register one in the services; it is asked first.</summary>
public interface ISecretSource
{
    /// <summary>The value of a user's secret, or null when this source has none.</summary>
    /// <param name="owner">Whose task refers to it.</param>
    /// <param name="name">The name in <c>${secret:NAME}</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<string?> FindAsync(string owner, string name, CancellationToken cancellationToken);
}
