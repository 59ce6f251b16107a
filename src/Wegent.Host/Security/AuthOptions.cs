namespace Wegent.Hosting.Security;

/// <summary>Who may use the host, and how they prove it. Section <c>Wegent:Auth</c>.</summary>
internal sealed class AuthOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Wegent:Auth";

    /// <summary><see cref="AuthModes.Password"/> (default), or <see cref="AuthModes.None"/>: everyone who reaches a loopback address acts as user <c>local</c> with role <c>admin</c>.</summary>
    public string Mode { get; set; } = AuthModes.Password;

    /// <summary>Password of the administrator that the first start adds, 8 to 256 characters. Null (default): one is made up and printed once.</summary>
    public string? AdminPassword { get; set; }

    /// <summary>Key that signs tokens, at least 32 bytes as UTF-8; the same on all hosts that share a store. Null (default): made once, kept in <c>{DataDirectory}/signing.key</c>.</summary>
    public string? SigningKey { get; set; }

    /// <summary>How long a token counts. Default 7 days, 1 minute to 30 days.</summary>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Failed logins a minute from one address before it has to wait. Default 20, 1 to 10,000.</summary>
    public int FailedLoginsPerAddress { get; set; } = 20;

    /// <summary>Failed logins a minute for one user name before it has to wait. Default 10, 1 to 10,000.</summary>
    public int FailedLoginsPerUser { get; set; } = 10;
}
