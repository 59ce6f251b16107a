namespace Wegent.Hosting.Security;

/// <summary>A token that was made for someone.</summary>
/// <param name="Text">The token.</param>
/// <param name="Lifetime">How long it counts from now.</param>
internal sealed record IssuedToken(string Text, TimeSpan Lifetime)
{
    /// <summary>Prints no token.</summary>
    public override string ToString() => $"IssuedToken {{ Lifetime = {Lifetime} }}";
}
