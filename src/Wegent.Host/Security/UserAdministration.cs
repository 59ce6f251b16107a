using Wegent.Hosting.Api;
using Wegent.Messaging;
using Wegent.Storage;

namespace Wegent.Hosting.Security;

/// <summary>What administrators do with users. There is always an administrator who can sign in.</summary>
internal sealed partial class UserAdministration(IUserStore users, Passwords passwords, IHintBus hints, ILogger<UserAdministration> logger)
{
    /// <summary>Adds a user.</summary>
    /// <param name="name">1 to 64 letters, digits, <c>.</c>, <c>_</c>, <c>-</c> and <c>@</c>; it never changes, and owns what is theirs.</param>
    /// <param name="role"><c>admin</c> or <c>user</c>.</param>
    /// <param name="password">Their password; null makes one up.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The user, and the password if it was made up.</returns>
    /// <exception cref="InvalidRequestException">A value cannot be taken.</exception>
    /// <exception cref="ConflictException"><c>user.exists</c>.</exception>
    public async ValueTask<(UserRecord User, string? Password)> AddAsync(string name, string role, string? password, CancellationToken cancellationToken)
    {
        if (name.Length is < 1 or > 64 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@'))
            throw new InvalidRequestException("user_name has 1 to 64 letters, digits, '.', '_', '-' and '@'.");
        if (string.Equals(name, SystemOwner, StringComparison.OrdinalIgnoreCase))
            throw new InvalidRequestException($"'{SystemOwner}' owns the public resources; choose another user_name.");
        CheckRole(role);
        var given = password ?? Passwords.Generate();
        CheckPassword(given);
        var user = await users.CreateAsync(new NewUser(name, role, passwords.Hash(given)), cancellationToken);
        LogCreated(logger, user.UserName, user.Role);
        return (user, password is null ? given : null);
    }

    /// <summary>Changes a user; null leaves a field. A new password, role or state ends the tokens they have.</summary>
    /// <exception cref="NotFoundException"><c>user.not_found</c>.</exception>
    /// <exception cref="ConflictException"><c>user.last_admin</c>.</exception>
    public async ValueTask<UserRecord> ChangeAsync(string name, string? role, bool? isActive, string? password, CancellationToken cancellationToken)
    {
        var user = await GetAsync(name, cancellationToken);
        if (role is not null)
            CheckRole(role);
        if (password is not null)
            CheckPassword(password);
        if (user is { Role: Roles.Admin, IsActive: true } && (isActive == false || role is Roles.User) && !await HasOtherAdminAsync(user, cancellationToken))
            throw new ConflictException("user.last_admin", $"'{user.UserName}' is the last administrator who can sign in. Make another user administrator first.");

        var changed = await users.UpdateAsync(
            user.Id, new UserChange(password is null ? null : passwords.Hash(password), role, isActive, EndTokens: true), cancellationToken);
        LogChanged(logger, user.UserName);
        hints.Publish(HintTopics.User(user.UserName)); // open sockets look again whether they may stay
        return changed ?? user;
    }

    /// <summary>The user of a name, or of a number.</summary>
    /// <exception cref="NotFoundException"><c>user.not_found</c>.</exception>
    public async ValueTask<UserRecord> GetAsync(string name, CancellationToken cancellationToken) =>
        await users.FindByNameAsync(name, cancellationToken)
        ?? (long.TryParse(name, out var id) ? await users.FindAsync(id, cancellationToken) : null)
        ?? throw new NotFoundException("user.not_found", $"There is no user '{name}'; GET /api/v1/admin/users lists them.");

    /// <summary>All users, by name.</summary>
    public ValueTask<IReadOnlyList<UserRecord>> ListAsync(CancellationToken cancellationToken) => users.ListAsync(cancellationToken);

    private const string SystemOwner = "system";

    private async ValueTask<bool> HasOtherAdminAsync(UserRecord user, CancellationToken cancellationToken) =>
        (await users.ListAsync(cancellationToken)).Any(other => other.Id != user.Id && other is { Role: Roles.Admin, IsActive: true });

    private static void CheckRole(string role)
    {
        if (role is not (Roles.Admin or Roles.User))
            throw new InvalidRequestException($"role is '{role}'; it may be {Roles.Admin} or {Roles.User}.");
    }

    private static void CheckPassword(string password)
    {
        if (password.Length is < Passwords.MinLength or > Passwords.MaxLength)
            throw new WegentException("auth.weak_password", $"The password has {password.Length} characters; it needs {Passwords.MinLength} to {Passwords.MaxLength}.");
    }

    [LoggerMessage(5030, LogLevel.Information, "user.created: {UserName}, role {Role}")]
    private static partial void LogCreated(ILogger logger, string userName, string role);

    [LoggerMessage(5031, LogLevel.Information, "user.changed: {UserName}")]
    private static partial void LogChanged(ILogger logger, string userName);
}
