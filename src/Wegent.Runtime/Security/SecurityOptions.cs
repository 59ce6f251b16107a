using Microsoft.Extensions.Options;

namespace Wegent.Runtime.Security;

/// <summary>Keys and what configuration may reveal to agents. Section <c>Wegent:Security</c>.</summary>
public sealed class SecurityOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Wegent:Security";

    /// <summary>
    /// Keys for stored credentials and sandbox secrets, each 32 bytes in base64, the newest first; older ones still read.
    /// Empty means one that is made at the first start and kept in the data directory. Hosts that share a store need the same.
    /// </summary>
    public IList<string> EncryptionKeys { get; } = [];

    /// <summary>Environment variables of the host that resources may refer to as <c>${env:NAME}</c>; <c>*</c> allows all. None by default.</summary>
    public IList<string> AllowedEnvironmentVariables { get; } = [];
}

internal sealed class SecurityOptionsRules : IValidateOptions<SecurityOptions>
{
    public ValidateOptionsResult Validate(string? name, SecurityOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Span<byte> key = stackalloc byte[KeyRing.KeyBytes + 1];
        for (var i = 0; i < options.EncryptionKeys.Count; i++)
        {
            if (!Convert.TryFromBase64String(options.EncryptionKeys[i], key, out var length) || length != KeyRing.KeyBytes)
                result.AddError($"{SecurityOptions.Section}:{nameof(options.EncryptionKeys)}:{i} is not 32 bytes in base64; make one with: openssl rand -base64 32");
        }

        return result.Build();
    }
}
