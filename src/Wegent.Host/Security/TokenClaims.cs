namespace Wegent.Hosting.Security;

/// <summary>Names of the claims in our tokens, and of the principal made from them.</summary>
internal static class TokenClaims
{
    /// <summary>The user's number.</summary>
    public const string UserId = "sub";

    /// <summary>The user's name: owner of everything that is theirs.</summary>
    public const string UserName = "name";

    /// <summary><c>admin</c> or <c>user</c>.</summary>
    public const string Role = "role";

    /// <summary>What an API key allows; tokens have none, and allow all that their user may.</summary>
    public const string Scope = "scope";

    /// <summary>The user's token version when the token was made; another one since then ends it.</summary>
    public const string Version = "ver";
}
