using System.Text;
using Microsoft.Extensions.Options;

namespace Wegent.Hosting.Security;

/// <summary>Checks <see cref="AuthOptions"/> at the start; every fault is named at once.</summary>
internal sealed class AuthOptionsRules(IConfiguration configuration) : IValidateOptions<AuthOptions>
{
    // Not IOptions<ServerOptions>: when that is wrong too, each is to be said once.
    private readonly ServerOptions _server = new() { Urls = configuration[$"{ServerOptions.Section}:{nameof(ServerOptions.Urls)}"] ?? ServerOptions.DefaultUrl };

    public ValidateOptionsResult Validate(string? name, AuthOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (!AuthModes.IsKnown(options.Mode))
            result.AddError($"'{options.Mode}' is not a mode; it is Password or None", $"{AuthOptions.Section}:Mode");
        else if (AuthModes.IsNone(options.Mode) && _server.FindPublicUrl() is { } url)
            result.AddError($"None lets everyone in who reaches the host, so it needs loopback addresses only, but Wegent:Urls has {url}; use Password, or http://127.0.0.1:8000", $"{AuthOptions.Section}:Mode");

        // The values of these two are secrets: only their lengths are said.
        if (options.AdminPassword is { } password && password.Length is < Passwords.MinLength or > Passwords.MaxLength)
            result.AddError($"has {password.Length} characters; it needs {Passwords.MinLength} to {Passwords.MaxLength}", $"{AuthOptions.Section}:AdminPassword");
        if (options.SigningKey is { } key && Encoding.UTF8.GetByteCount(key) < SigningKey.MinBytes)
            result.AddError($"has {Encoding.UTF8.GetByteCount(key)} bytes; it needs at least {SigningKey.MinBytes}: openssl rand -base64 32 makes one", $"{AuthOptions.Section}:SigningKey");
        if (options.TokenLifetime < TimeSpan.FromMinutes(1) || options.TokenLifetime > TimeSpan.FromDays(30))
            result.AddError($"is {options.TokenLifetime}; it may be 00:01:00 to 30.00:00:00", $"{AuthOptions.Section}:TokenLifetime");
        if (options.FailedLoginsPerAddress is < 1 or > 10_000)
            result.AddError($"is {options.FailedLoginsPerAddress}; it may be 1 to 10000", $"{AuthOptions.Section}:FailedLoginsPerAddress");
        if (options.FailedLoginsPerUser is < 1 or > 10_000)
            result.AddError($"is {options.FailedLoginsPerUser}; it may be 1 to 10000", $"{AuthOptions.Section}:FailedLoginsPerUser");
        return result.Build();
    }
}
