using Wegent.Resources;
using Wegent.Storage;

namespace Wegent.Runtime.Storage;

/// <summary>What a change of a user means, the same for every store, and pure.</summary>
internal static class UserWrites
{
    /// <summary>The form under which names are the same without regard to case.</summary>
    public static string NameKey(string userName) => userName.ToUpperInvariant();

    /// <summary>Refuses what no store takes.</summary>
    public static void Check(NewUser user)
    {
        if (user.UserName.Length is < 1 or > 64)
            throw new ArgumentException("A user's name has 1 to 64 characters.", nameof(user));
        if (user.UserName.Equals(ResourceKey.SystemOwner, StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"'{user.UserName}' is the owner of public resources and cannot be a user.", nameof(user));
        CheckRole(user.Role);
    }

    /// <summary>Refuses a role that there is not.</summary>
    public static void CheckRole(string role)
    {
        if (role is not ("admin" or "user"))
            throw new ArgumentException($"'{role}' is not a role; the roles are admin and user.", nameof(role));
    }

    /// <summary>The user after a change.</summary>
    public static UserRecord Apply(UserRecord user, UserChange change)
    {
        if (change.Role is { } role)
            CheckRole(role);
        return user with
        {
            PasswordHash = change.PasswordHash ?? user.PasswordHash,
            Role = change.Role ?? user.Role,
            IsActive = change.IsActive ?? user.IsActive,
            TokenVersion = user.TokenVersion + (change.EndTokens ? 1 : 0),
        };
    }

    /// <summary>Refuses what no store takes.</summary>
    public static void Check(NewApiKey key)
    {
        if (key.Name.Length is < 1 or > 64)
            throw new ArgumentException("A key's name has 1 to 64 characters.", nameof(key));
        if (key.Scope is not ("full" or "read"))
            throw new ArgumentException($"'{key.Scope}' is not a scope; the scopes are full and read.", nameof(key));
    }

    /// <summary>The error for a user who has as many keys as they may.</summary>
    public static ConflictException TooManyKeys(int limit) =>
        new("api_key.too_many", $"You have {limit} API keys, and no more are allowed. Delete one that you do not use.");

    /// <summary>The error for a user that there is not.</summary>
    public static NotFoundException NoUser(long userId) => new("user.not_found", $"There is no user {userId}.");

    /// <summary>The error for a name that is in use.</summary>
    public static ConflictException NameTaken(string userName) =>
        new("user.exists", $"A user named '{userName}' exists already, perhaps in other case. Choose another name.");
}
