using System.Buffers;
using Wegent.Resources;

namespace Wegent.Validation;

/// <summary>Rules of workspaces.</summary>
internal static class WorkspaceRules
{
    private const int MaxBranch = 255;

    // What git itself forbids in a name, and what a shell would read: no branch that people work with needs these.
    private static readonly SearchValues<char> s_forbiddenInBranch = SearchValues.Create(" ~^:?*[]\\;$`|&<>(){}'\"!\u007f");

    public static void Check(WorkspaceSpec spec, RuleContext context)
    {
        var repository = spec.Repository;
        var address = GitAddress.Parse(repository.GitUrl);
        CheckUrl(address, context);
        if (repository.BranchName is not null && BranchFault(repository.BranchName) is { } fault)
            context.Error(DiagnosticCodes.InvalidBranch, "spec.repository.branchName", $"the branch {Suggestions.Quote(repository.BranchName)} {fault}", "use a name such as 'main' or 'feature/login'");
        if (repository.GitDomain is { Length: > 0 } domain && address is { Kind: GitAddressKind.Https or GitAddressKind.Ssh, Host: var host } && !domain.Equals(host, StringComparison.OrdinalIgnoreCase) && !domain.StartsWith(host + ":", StringComparison.OrdinalIgnoreCase))
            context.Warning(DiagnosticCodes.NoEffect, "spec.repository.gitDomain", $"the domain {Suggestions.Quote(domain)} is not the one of gitUrl, {Suggestions.Quote(host)}", "make them agree; gitUrl is what is used");
    }

    /// <summary>What is wrong with a branch's name, as the end of a sentence; null when nothing is.</summary>
    public static string? BranchFault(string branch)
    {
        if (branch.Length == 0)
            return "is empty";
        if (branch.Length > MaxBranch)
            return $"is longer than {MaxBranch} characters";
        if (branch.StartsWith('-'))
            return "begins with '-', so that git would take it for an option";
        foreach (var c in branch)
        {
            if (char.IsControl(c) || char.IsWhiteSpace(c) || s_forbiddenInBranch.Contains(c))
                return $"holds the character {Suggestions.Quote(c.ToString())}";
        }
        if (branch.Contains("..", StringComparison.Ordinal) || branch.Contains("//", StringComparison.Ordinal) || branch.Contains("@{", StringComparison.Ordinal))
            return "is not a name that git takes";
        if (branch[0] is '/' or '.' || branch[^1] is '/' or '.' || branch.EndsWith(".lock", StringComparison.Ordinal) || branch.Contains("/.", StringComparison.Ordinal) || branch == "@")
            return "is not a name that git takes";
        return null;
    }

    private static void CheckUrl(GitAddress address, RuleContext context)
    {
        const string Path = "spec.repository.gitUrl";
        switch (address.Kind)
        {
            case GitAddressKind.Invalid:
                context.Error(DiagnosticCodes.InvalidGitUrl, Path, $"the git address {address.Fault}", "use https://host/owner/repo.git or git@host:owner/repo.git");
                break;
            case GitAddressKind.Local when !context.Options.AllowLocalPaths:
                context.Error(DiagnosticCodes.LocalRepository, Path, "the repository is a folder of this machine", "use an https or ssh address; folders work only below the operator's Workspaces:LocalRoots");
                break;
        }
        if (address.HasCredential)
            context.Error(DiagnosticCodes.CredentialInUrl, Path, "the git address holds a credential", "remove it; the token belongs into the user's git settings or a secret");
    }
}
