namespace Wegent.Hosting.Security;

/// <summary>The roles of users.</summary>
internal static class Roles
{
    /// <summary>May also manage users and public resources.</summary>
    public const string Admin = "admin";

    /// <summary>Uses what is theirs and what is public.</summary>
    public const string User = "user";
}
