using System.Diagnostics.CodeAnalysis;

namespace Wegent.Resources.Yaml;

/// <summary>What an unquoted scalar means where no contract says it: the core schema of YAML 1.2.</summary>
/// <remarks>So <c>yes</c>, <c>on</c>, <c>1_000</c> and <c>2024-01-01</c> are text, and <c>0123</c> is a number, unlike in YAML 1.1.</remarks>
internal static class YamlScalar
{
    public static bool IsNull(ReadOnlySpan<char> text) => text is "" or "~" or "null" or "Null" or "NULL";

    public static bool TryBoolean(ReadOnlySpan<char> text, out bool value)
    {
        value = text is "true" or "True" or "TRUE";
        return value || text is "false" or "False" or "FALSE";
    }

    /// <summary>A whole number, as JSON writes it.</summary>
    public static bool TryInteger(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? json)
    {
        json = null;
        if (text.IsEmpty)
            return false;
        if (text.StartsWith("0o") || text.StartsWith("0x"))
            return TryPrefixed(text[2..], text[1] == 'x' ? 16 : 8, out json);

        var negative = text[0] == '-';
        var digits = text[0] is '-' or '+' ? text[1..] : text;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
            return false;
        digits = digits.TrimStart('0');
        json = digits.IsEmpty ? (negative ? "-0" : "0") : negative ? $"-{digits}" : digits.ToString();
        return true;
    }

    /// <summary>A number with fraction or exponent, as JSON writes it. Infinity and not-a-number stay text: JSON has neither.</summary>
    public static bool TryFloat(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? json)
    {
        json = null;
        if (text.IsEmpty)
            return false;
        var negative = text[0] == '-';
        var rest = text[0] is '-' or '+' ? text[1..] : text;

        var whole = rest[..DigitsAt(rest)];
        rest = rest[whole.Length..];
        var fraction = ReadOnlySpan<char>.Empty;
        var hasPoint = rest.StartsWith(".");
        if (hasPoint)
        {
            rest = rest[1..];
            fraction = rest[..DigitsAt(rest)];
            rest = rest[fraction.Length..];
        }
        if (whole.IsEmpty && fraction.IsEmpty)
            return false;

        var exponent = ReadOnlySpan<char>.Empty;
        if (!rest.IsEmpty)
        {
            if (rest[0] is not ('e' or 'E'))
                return false;
            exponent = rest;
            var digits = rest[1..];
            if (!digits.IsEmpty && digits[0] is '+' or '-')
                digits = digits[1..];
            if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
                return false;
        }
        if (!hasPoint && exponent.IsEmpty)
            return false;

        whole = whole.TrimStart('0');
        json = $"{(negative ? "-" : "")}{(whole.IsEmpty ? "0" : whole)}{(fraction.IsEmpty ? "" : ".")}{fraction}{exponent}";
        return true;
    }

    private static bool TryPrefixed(ReadOnlySpan<char> digits, int radix, [NotNullWhen(true)] out string? json)
    {
        json = null;
        if (digits.IsEmpty)
            return false;
        ulong value = 0;
        foreach (var c in digits)
        {
            var digit = !char.IsAsciiHexDigit(c) ? radix : c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
            if (digit >= radix || value > (ulong.MaxValue - (ulong)digit) / (ulong)radix)
                return false; // not a number of that base, or too large to be one: text
            value = (value * (ulong)radix) + (ulong)digit;
        }
        json = value.ToString();
        return true;
    }

    private static int DigitsAt(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }
}
