namespace Wegent;

/// <summary>What an application uses of Wegent: resources, tasks and secrets, as one user. Safe for concurrent use.</summary>
public interface IWegentClient
{
    /// <summary>Owner of everything when no user is named: an application that has no users of its own.</summary>
    const string LocalOwner = "local";

    /// <summary>The user this client acts as.</summary>
    string Owner { get; }

    /// <summary>Agent definitions.</summary>
    IResourceClient Resources { get; }

    /// <summary>Conversations with teams.</summary>
    ITaskClient Tasks { get; }

    /// <summary>Values that resources refer to by name.</summary>
    ISecretClient Secrets { get; }

    /// <summary>The same, acting as another user. The caller has made sure that it may.</summary>
    /// <param name="owner">Name of the user; <c>system</c> holds what everyone may read.</param>
    IWegentClient For(string owner);
}
