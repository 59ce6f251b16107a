using Wegent.Storage;

namespace Wegent.Hosting.Api;

/// <summary>POST <c>/api/auth/login</c>.</summary>
internal sealed record LoginBody
{
    public required string UserName { get; init; }

    public required string Password { get; init; }

    /// <summary>Prints no password.</summary>
    public override string ToString() => $"LoginBody {{ UserName = {UserName} }}";
}

/// <summary>A token and whose it is.</summary>
internal sealed record LoginReply(string AccessToken, string TokenType, int ExpiresIn, UserReply User)
{
    /// <summary>Prints no token.</summary>
    public override string ToString() => $"LoginReply {{ User = {User.UserName} }}";
}

/// <summary>A user as others may see them.</summary>
internal sealed record UserReply(long Id, string UserName, string Role, bool IsActive, DateTimeOffset CreatedAt)
{
    public static UserReply Of(UserRecord user) => new(user.Id, user.UserName, user.Role, user.IsActive, user.CreatedAt);
}

/// <summary>PUT <c>/api/users/me/password</c>.</summary>
internal sealed record PasswordBody
{
    public required string CurrentPassword { get; init; }

    public required string NewPassword { get; init; }

    /// <summary>Prints no password.</summary>
    public override string ToString() => nameof(PasswordBody);
}

/// <summary>A ticket for <c>/chat?ticket=</c>.</summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="ExpiresIn">Seconds it counts, once.</param>
internal sealed record TicketReply(string Ticket, int ExpiresIn)
{
    /// <summary>Prints no ticket.</summary>
    public override string ToString() => nameof(TicketReply);
}

/// <summary>How a user signs in.</summary>
/// <param name="Exists">Always true: whether a name is taken is nobody's business.</param>
/// <param name="AuthSource"><c>password</c> or <c>oidc</c>.</param>
internal sealed record AuthTypeReply(bool Exists, string AuthSource);
