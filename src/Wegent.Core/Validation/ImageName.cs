using System.Buffers;

namespace Wegent.Validation;

/// <summary>Names of container images, by the grammar of the OCI distribution project: <c>[host[:port]/]path[:tag][@sha256:digest]</c>, the path in small letters.</summary>
internal static class ImageName
{
    private const int MaxLength = 512;
    private const int MaxTag = 128;
    private const int DigestLength = 64;

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    public static bool IsValid(string name)
    {
        ReadOnlySpan<char> rest = name;
        if (rest.IsEmpty || rest.Length > MaxLength)
            return false;

        if (rest.IndexOf('@') is var at and >= 0)
        {
            if (!IsDigest(rest[(at + 1)..]))
                return false;
            rest = rest[..at];
        }

        var lastSlash = rest.LastIndexOf('/');
        if (rest[(lastSlash + 1)..].IndexOf(':') is var colon and >= 0)
        {
            colon += lastSlash + 1;
            if (!IsTag(rest[(colon + 1)..]))
                return false;
            rest = rest[..colon];
        }

        var first = rest.IndexOf('/');
        if (first > 0 && (rest[..first].ContainsAny('.', ':') || rest[..first].SequenceEqual("localhost")))
        {
            if (!IsHost(rest[..first]))
                return false;
            rest = rest[(first + 1)..];
        }
        foreach (var part in rest.Split('/'))
        {
            if (!IsPathPart(rest[part]))
                return false;
        }
        return true;
    }

    private static bool IsDigest(ReadOnlySpan<char> digest) =>
        digest.StartsWith("sha256:") && digest.Length == DigestLength + 7 && !digest[7..].ContainsAnyExcept(s_hexDigits);

    private static bool IsTag(ReadOnlySpan<char> tag)
    {
        if (tag.Length is 0 or > MaxTag || tag[0] is '.' or '-')
            return false;
        foreach (var c in tag)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))
                return false;
        }
        return true;
    }

    private static bool IsHost(ReadOnlySpan<char> host)
    {
        if (host.IndexOf(':') is var colon and >= 0)
        {
            var port = host[(colon + 1)..];
            if (port.Length is 0 or > 5 || port.ContainsAnyExceptInRange('0', '9'))
                return false;
            host = host[..colon];
        }
        return Uri.CheckHostName(host.ToString()) is UriHostNameType.Dns or UriHostNameType.IPv4;
    }

    // Small letters and digits, joined by one dot, one or two underscores, or any number of dashes.
    private static bool IsPathPart(ReadOnlySpan<char> part)
    {
        if (part.IsEmpty || !char.IsAsciiLetterLower(part[0]) && !char.IsAsciiDigit(part[0]) || !char.IsAsciiLetterLower(part[^1]) && !char.IsAsciiDigit(part[^1]))
            return false;
        for (var i = 0; i < part.Length;)
        {
            if (char.IsAsciiLetterLower(part[i]) || char.IsAsciiDigit(part[i]))
            {
                i++;
                continue;
            }
            var run = 1;
            while (part[i + run] == part[i])
                run++;
            var allowed = part[i] switch { '.' => 1, '_' => 2, '-' => int.MaxValue, _ => 0 };
            if (run > allowed || part[i + run] is '.' or '_' or '-')
                return false;
            i += run;
        }
        return true;
    }
}
