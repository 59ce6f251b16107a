using Wegent.Validation;

namespace Wegent.Core.Tests.Validation;

public sealed class GitAddressTests
{
    [Theory]
    [InlineData("https://github.com/user/repo.git", GitAddressKind.Https, "github.com", "/user/repo.git")]
    [InlineData("HTTPS://GitHub.com:8443/a/b", GitAddressKind.Https, "github.com", "/a/b")]
    [InlineData("http://git.local/a", GitAddressKind.Https, "git.local", "/a")]
    [InlineData("https://[::1]:3000/a", GitAddressKind.Https, "[::1]", "/a")]
    [InlineData("ssh://git@example.com:2222/a/b.git", GitAddressKind.Ssh, "example.com", "/a/b.git")]
    [InlineData("git@github.com:user/repo.git", GitAddressKind.Ssh, "github.com", "user/repo.git")]
    [InlineData("file:///srv/repo", GitAddressKind.Local, "", "/srv/repo")]
    [InlineData("file:/srv/repo", GitAddressKind.Local, "", "/srv/repo")]
    [InlineData("/srv/repo", GitAddressKind.Local, "", "/srv/repo")]
    [InlineData("./repo", GitAddressKind.Local, "", "./repo")]
    [InlineData("repo", GitAddressKind.Local, "", "repo")]
    [InlineData(@"C:\src\repo", GitAddressKind.Local, "", @"C:\src\repo")]
    public void An_address_is_taken_apart(string address, GitAddressKind kind, string host, string path)
    {
        var parsed = GitAddress.Parse(address);

        Assert.Equal((kind, host, path, false), (parsed.Kind, parsed.Host, parsed.Path, parsed.HasCredential));
        Assert.Null(parsed.Fault);
    }

    [Theory]
    [InlineData("ext::sh")]
    [InlineData("eXt::sh")]
    [InlineData("fd::17")]
    [InlineData("-oProxyCommand=id")]
    [InlineData("ssh://-oProxyCommand=id/a")]
    [InlineData("ssh://-l@host/a")]
    [InlineData("git@-host:a")]
    [InlineData("git@host:-a")]
    [InlineData("//host/share")]
    [InlineData(@"\\host\share")]
    [InlineData("file://host/share/x\n")]
    [InlineData("git://host/a")]
    [InlineData("javascript://host/a")]
    [InlineData("https://")]
    [InlineData("https:///a")]
    [InlineData("https://host")]
    [InlineData("https://host:0/a")]
    [InlineData("https://host:99999/a")]
    [InlineData("https://ho st/a")]
    [InlineData("https://host/a#b")]
    [InlineData("host:path")]
    [InlineData("")]
    public void What_git_could_misread_is_no_address(string address)
    {
        var parsed = GitAddress.Parse(address);

        Assert.Equal(GitAddressKind.Invalid, parsed.Kind);
        Assert.NotNull(parsed.Fault);
    }

    [Theory]
    [InlineData("https://user:secret-token@host/a")]
    [InlineData("https://secret-token@host/a")]
    [InlineData("ssh://user:secret-token@host/a")]
    [InlineData("https://host/a?token=secret-token")]
    public void A_credential_is_seen_and_not_repeated(string address)
    {
        var parsed = GitAddress.Parse(address);

        Assert.True(parsed.HasCredential);
        Assert.DoesNotContain("secret-token", parsed.Fault ?? "", StringComparison.Ordinal);
    }
}
