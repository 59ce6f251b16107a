namespace Wegent.Hosting.Security;

/// <summary>The values of <see cref="AuthOptions.Mode"/>, in any case.</summary>
internal static class AuthModes
{
    public const string Password = "Password";

    public const string None = "None";

    public static bool IsNone(string mode) => string.Equals(mode, None, StringComparison.OrdinalIgnoreCase);

    public static bool IsKnown(string mode) => IsNone(mode) || string.Equals(mode, Password, StringComparison.OrdinalIgnoreCase);
}
