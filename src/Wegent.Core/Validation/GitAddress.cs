using System.Globalization;

namespace Wegent.Validation;

/// <summary>The forms of a repository's address.</summary>
public enum GitAddressKind
{
    /// <summary>None that is allowed; <see cref="GitAddress.Fault"/> says why.</summary>
    Invalid,

    /// <summary><c>https://host/path</c>. Plain <c>http://</c> counts as this too, with <see cref="GitAddress.IsPlainHttp"/>.</summary>
    Https,

    /// <summary><c>ssh://user@host/path</c> or <c>user@host:path</c>.</summary>
    Ssh,

    /// <summary>A folder of this machine, by path or <c>file:</c>. Only below the operator's <c>Workspaces:LocalRoots</c>.</summary>
    Local,
}

/// <summary>A repository's address, taken apart without asking git: git would also run <c>ext::</c> helpers and read a leading dash as an option.</summary>
public sealed record GitAddress
{
    private const int MaxLength = 2048;

    private GitAddress(GitAddressKind kind) => Kind = kind;

    /// <summary>Its form.</summary>
    public GitAddressKind Kind { get; }

    /// <summary>The host's name in small letters, without port; empty for folders.</summary>
    public string Host { get; private init; } = "";

    /// <summary>The port, or null for the scheme's own.</summary>
    public int? Port { get; private init; }

    /// <summary>The path on the host, or the folder.</summary>
    public string Path { get; private init; } = "";

    /// <summary>Whether a password or token stands in the address.</summary>
    public bool HasCredential { get; private init; }

    /// <summary>Whether it is <c>http://</c>, unencrypted.</summary>
    public bool IsPlainHttp { get; private init; }

    /// <summary>What is wrong with an invalid address, as the end of a sentence that begins "the git address"; never repeats the address. Null for the others.</summary>
    public string? Fault { get; private init; }

    /// <summary>Takes an address apart. Never throws: what is none becomes <see cref="GitAddressKind.Invalid"/>.</summary>
    /// <param name="address">What somebody wrote.</param>
    public static GitAddress Parse(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.Length == 0)
            return Invalid("is empty");
        if (address.Length > MaxLength)
            return Invalid($"is longer than {MaxLength} characters");
        if (address[0] == '-')
            return Invalid("begins with '-', so that git would take it for an option");
        foreach (var c in address)
        {
            if (char.IsControl(c) || char.IsWhiteSpace(c))
                return Invalid("holds a space or a control character");
        }
        if (address.StartsWith(@"\\", StringComparison.Ordinal) || address.StartsWith("//", StringComparison.Ordinal))
            return Invalid("is a network share");
        if (address.Contains("::", StringComparison.Ordinal) && !address.Contains('[', StringComparison.Ordinal))
            return Invalid("names a remote helper, which could run any program");

        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0)
            return ParseUrl(address[..scheme].ToLowerInvariant(), address[(scheme + 3)..]);
        if (address.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            return Local(address[5..]);
        if (IsFolder(address))
            return Local(address);
        return ParseShort(address);
    }

    private static GitAddress ParseUrl(string scheme, string rest)
    {
        if (scheme == "file")
            return rest.StartsWith("localhost/", StringComparison.OrdinalIgnoreCase) ? Local(rest[9..]) : Local(rest);
        if (scheme is not ("https" or "http" or "ssh"))
            return Invalid("has a scheme that is not allowed");

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || slash == rest.Length - 1)
            return Invalid("names no repository on the host");
        var authority = rest[..slash];
        if (rest.AsSpan().ContainsAny('?', '#'))
            return Invalid("has a query or a fragment") with { HasCredential = true };

        var at = authority.LastIndexOf('@');
        var user = at < 0 ? "" : authority[..at];
        if (!TryHost(authority[(at + 1)..], out var host, out var port))
            return Invalid("has no host that can be called");
        // ssh needs a user; over http whatever stands before the @ is there to sign in with.
        var hasCredential = user.Contains(':', StringComparison.Ordinal) || (scheme != "ssh" && user.Length > 0);
        if (scheme == "ssh" && (user.StartsWith('-') || host.StartsWith('-')))
            return Invalid("holds an option for ssh");
        return new(scheme == "ssh" ? GitAddressKind.Ssh : GitAddressKind.Https)
        {
            Host = host,
            Port = port,
            Path = rest[slash..],
            HasCredential = hasCredential,
            IsPlainHttp = scheme == "http",
        };
    }

    // git@host:path, as ssh's own tools write it.
    private static GitAddress ParseShort(string address)
    {
        var colon = address.IndexOf(':', StringComparison.Ordinal);
        var at = address.IndexOf('@', StringComparison.Ordinal);
        if (colon < 0 || at < 0 || at > colon || colon == address.Length - 1)
            return Invalid("is neither https nor ssh");
        var user = address[..at];
        if (user.Length == 0 || user.StartsWith('-') || !TryHost(address[(at + 1)..colon], out var host, out var port) || port is not null)
            return Invalid("has no host that can be called");
        var path = address[(colon + 1)..];
        return path.StartsWith('-')
            ? Invalid("holds an option")
            : new(GitAddressKind.Ssh) { Host = host, Path = path };
    }

    private static GitAddress Local(string path) => path.Length == 0 || path.StartsWith("//", StringComparison.Ordinal) || path.StartsWith(@"\\", StringComparison.Ordinal)
        ? Invalid("names no folder")
        : new(GitAddressKind.Local) { Path = path };

    private static GitAddress Invalid(string fault) => new(GitAddressKind.Invalid) { Fault = fault };

    private static bool IsFolder(string address) =>
        address[0] is '/' or '.' or '~' || (address.Length > 2 && char.IsAsciiLetter(address[0]) && address[1] == ':' && address[2] is '/' or '\\')
        || !address.AsSpan().ContainsAny(':', '@');

    private static bool TryHost(string text, out string host, out int? port)
    {
        host = "";
        port = null;
        var colon = text.LastIndexOf(':');
        if (colon >= 0 && !text.EndsWith(']'))
        {
            if (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is 0 or > 65535)
                return false;
            port = number;
            text = text[..colon];
        }
        host = text.ToLowerInvariant();
        return Uri.CheckHostName(host) != UriHostNameType.Unknown && !host.StartsWith('-');
    }
}
