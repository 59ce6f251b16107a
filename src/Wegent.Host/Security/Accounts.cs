using System.Net;
using System.Security.Claims;
using Wegent.Messaging;
using Wegent.Storage;

namespace Wegent.Hosting.Security;

/// <summary>Login, passwords, and whether a token that is well made still counts.</summary>
internal sealed partial class Accounts(IUserStore users, Passwords passwords, LoginThrottle throttle, IHintBus hints, ILogger<Accounts> logger)
{
    /// <summary>Finds the user that a name and a password belong to. Every wrong pair gets the same answer, and takes the same work.</summary>
    /// <exception cref="WegentException"><c>auth.invalid_credentials</c>.</exception>
    /// <exception cref="ThrottledException">Too many failed of late.</exception>
    public async ValueTask<UserRecord> LoginAsync(string userName, string password, IPAddress? address, CancellationToken cancellationToken)
    {
        var attempt = throttle.Begin(address, userName);
        var user = await users.FindByNameAsync(userName, cancellationToken);
        var (fits, rehash) = passwords.Check(user is { IsActive: true } ? user.PasswordHash : null, password);
        if (user is null || !fits)
        {
            LogLoginFailed(logger, address);
            throw new WegentException("auth.invalid_credentials", "The user name or the password is wrong.");
        }

        attempt.Succeed();
        if (rehash)
            user = await users.UpdateAsync(user.Id, new UserChange(PasswordHash: passwords.Hash(password)), cancellationToken) ?? user;
        LogLoggedIn(logger, user.UserName);
        return user;
    }

    /// <summary>Sets a user's password and ends all tokens given out before.</summary>
    /// <exception cref="WegentException"><c>auth.invalid_credentials</c>: the present password is wrong; <c>auth.weak_password</c>: the new one is too short or too long.</exception>
    /// <exception cref="ThrottledException">Too many failed of late.</exception>
    public async ValueTask<UserRecord> ChangePasswordAsync(UserRecord user, string current, string replacement, IPAddress? address, CancellationToken cancellationToken)
    {
        if (replacement.Length is < Passwords.MinLength or > Passwords.MaxLength)
            throw new WegentException("auth.weak_password", $"The new password has {replacement.Length} characters; it needs {Passwords.MinLength} to {Passwords.MaxLength}.");

        var attempt = throttle.Begin(address, user.UserName);
        if (!passwords.Check(user.PasswordHash, current).Fits)
            throw new WegentException("auth.invalid_credentials", "The present password is wrong.");
        attempt.Succeed();
        var changed = await users.UpdateAsync(user.Id, new UserChange(PasswordHash: passwords.Hash(replacement), EndTokens: true), cancellationToken);
        LogPasswordChanged(logger, user.UserName);

        // Open sockets look again whether they may stay.
        hints.Publish(HintTopics.User(user.UserName));
        return changed ?? throw new WegentException("auth.invalid_credentials", "The user does not exist any more.");
    }

    /// <summary>The user that a valid token was made for, if it still counts: the user is there, active, and has not ended their tokens.</summary>
    public async ValueTask<UserRecord?> FindAsync(string? userId, int? tokenVersion, CancellationToken cancellationToken)
    {
        if (!long.TryParse(userId, out var id))
            return null;
        var user = await users.FindAsync(id, cancellationToken);
        return user is { IsActive: true } && user.TokenVersion == tokenVersion ? user : null;
    }

    /// <summary>What the rest of the host sees of a user who proved who they are. Role and name are today's, not the token's.</summary>
    public static ClaimsPrincipal PrincipalOf(UserRecord user, string scheme)
    {
        var identity = new ClaimsIdentity(
            [
                new Claim(TokenClaims.UserId, user.Id.ToString()),
                new Claim(TokenClaims.UserName, user.UserName),
                new Claim(TokenClaims.Role, user.Role),
                new Claim(TokenClaims.Version, user.TokenVersion.ToString()),
            ],
            scheme,
            TokenClaims.UserName,
            TokenClaims.Role);
        return new ClaimsPrincipal(identity);
    }

    [LoggerMessage(5000, LogLevel.Information, "user.login: {UserName}")]
    private static partial void LogLoggedIn(ILogger logger, string userName);

    // Not the name: people type their password into the wrong field.
    [LoggerMessage(5001, LogLevel.Warning, "user.login_failed: from {Address}")]
    private static partial void LogLoginFailed(ILogger logger, IPAddress? address);

    [LoggerMessage(5002, LogLevel.Information, "user.password_changed: {UserName}")]
    private static partial void LogPasswordChanged(ILogger logger, string userName);
}
