using System.Buffers;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Workspaces;

/// <summary>Checks what is given to git. The runtime has checked it too; git is never the first to judge an address.</summary>
internal static class GitAddress
{
    private static readonly SearchValues<char> AuthorityEnds = SearchValues.Create("/ \t\n'\"");

    /// <summary>Refuses every address whose transport is not allowed, and those that are more than an address.</summary>
    /// <exception cref="CommandException">It may not be cloned.</exception>
    public static void Check(string address, IReadOnlyList<string> transports)
    {
        if (address.Length is 0 or > 2048 || address.Any(c => char.IsControl(c) || c == ' ') || address.StartsWith('-'))
            throw Refused(address, "it contains blanks or control characters, or begins with '-'");
        if (Transport(address) is not { } transport || !transports.Contains(transport))
            throw Refused(address, $"only these transports are allowed here: {string.Join(", ", transports)}");
    }

    /// <summary>Refuses what is no name of a branch or tag.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static void CheckBranch(string? branch)
    {
        if (branch is null)
            return;
        if (branch.Length is 0 or > 255
            || branch.StartsWith('-')
            || branch.Contains("..", StringComparison.Ordinal)
            || branch.Any(c => char.IsControl(c) || c is ' ' or '~' or '^' or ':' or '?' or '*' or '[' or '\\'))
        {
            throw new CommandException(ExecutorErrors.WorkspaceAddress, "this is no name of a branch");
        }
    }

    /// <summary>The address without a user name or password before its host.</summary>
    public static string WithoutCredentials(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
            return text;
        var begin = scheme + 3;
        var end = text.AsSpan(begin).IndexOfAny(AuthorityEnds);
        var authority = end < 0 ? text[begin..] : text.Substring(begin, end);
        var at = authority.LastIndexOf('@');
        var rest = end < 0 ? "" : WithoutCredentials(text[(begin + end)..]);
        return text[..begin] + authority[(at + 1)..] + rest;
    }

    private static string? Transport(string address)
    {
        // "ext::…" and its like begin a helper program, whatever follows.
        if (address.Contains("::", StringComparison.Ordinal) && !address.Contains('['))
            return null;
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0)
            return address[..scheme] is var name && name.All(char.IsAsciiLetterLower) ? name : null;

        // user@host:path is ssh; a colon after a slash, or none, is a path.
        var colon = address.IndexOf(':');
        return colon > 0 && !address.AsSpan(0, colon).Contains('/') ? "ssh" : null;
    }

    private static CommandException Refused(string address, string why) =>
        new(ExecutorErrors.WorkspaceAddress, $"'{WithoutCredentials(address)}' is not cloned: {why}");
}
