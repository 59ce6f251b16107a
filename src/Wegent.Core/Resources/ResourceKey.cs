namespace Wegent.Resources;

/// <summary>The identity of a resource. Compared ordinally, case included.</summary>
/// <param name="Owner">The user's name, or <see cref="SystemOwner"/> for public resources.</param>
/// <param name="Namespace">The namespace, <c>default</c> if the document named none.</param>
/// <param name="Kind">The kind's name, such as <c>Bot</c>.</param>
/// <param name="Name">The resource's name.</param>
public readonly record struct ResourceKey(string Owner, string Namespace, string Kind, string Name)
{
    /// <summary>Owner of the public resources, which everyone may read.</summary>
    public const string SystemOwner = "system";

    /// <summary>For messages: <c>Bot/default/developer-bot</c>. The owner is left out, since a user sees only their own and public ones.</summary>
    public override string ToString() => $"{Kind}/{Namespace}/{Name}";
}
