using Microsoft.Extensions.Options;
using Wegent.Storage;

namespace Wegent.Hosting.Security;

/// <summary>Adds the user that an empty store needs before anyone can sign in: the administrator, or the one that everybody acts as.</summary>
internal sealed partial class FirstStart(IUserStore users, Passwords passwords, IOptions<AuthOptions> options, ILogger<FirstStart> logger) : IHostedService
{
    /// <summary>Name of the administrator.</summary>
    public const string AdminName = "admin";

    /// <summary>Whether this start added the administrator.</summary>
    public bool AdminAdded { get; private set; }

    /// <summary>The password that was made up for the administrator, to be shown once; null when it was set, or was added before.</summary>
    public string? GeneratedPassword { get; private set; }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (AuthModes.IsNone(options.Value.Mode))
        {
            await AddAsync(IWegentClient.LocalOwner, null, cancellationToken);
            return;
        }

        if (await users.FindByNameAsync(AdminName, cancellationToken) is not null)
            return;
        var password = options.Value.AdminPassword ?? Passwords.Generate();
        AdminAdded = await AddAsync(AdminName, passwords.Hash(password), cancellationToken);
        GeneratedPassword = AdminAdded && options.Value.AdminPassword is null ? password : null;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async ValueTask<bool> AddAsync(string name, string? hash, CancellationToken cancellationToken)
    {
        if (await users.FindByNameAsync(name, cancellationToken) is not null)
            return false;
        try
        {
            await users.CreateAsync(new NewUser(name, Roles.Admin, hash), cancellationToken);
            LogAdded(logger, name);
            return true;
        }
        catch (ConflictException)
        {
            return false; // another host on the same store was faster
        }
    }

    [LoggerMessage(5010, LogLevel.Information, "user.created: {UserName}, the first one, with role admin")]
    private static partial void LogAdded(ILogger logger, string userName);
}
