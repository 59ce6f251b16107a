using Wegent.Executor.Workspaces;

namespace Wegent.Executor.Tests.Workspaces;

public sealed class GitAddressTests
{
    [Theory]
    [InlineData("https://user:secret@host/path and https://x@other:1/y", "https://host/path and https://other:1/y")]
    [InlineData("fatal: 'https://a:b@c@host'", "fatal: 'https://host'")]
    [InlineData("https://host/a@b", "https://host/a@b")]
    [InlineData("git@host:path", "git@host:path")]
    [InlineData("no address", "no address")]
    public void Credentials_are_taken_out_of_whatever_git_says(string text, string expected) =>
        Assert.Equal(expected, GitAddress.WithoutCredentials(text));

    [Theory]
    [InlineData("https://host/x.git")]
    [InlineData("ssh://git@host:22/x")]
    [InlineData("git@host:x/y.git")]
    public void Ordinary_addresses_pass(string address) => GitAddress.Check(address, ["https", "ssh"]);

    [Theory]
    [InlineData("-h")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("")]
    [InlineData("a:b")]
    public void What_is_no_branch_is_refused(string branch) =>
        Assert.Throws<CommandException>(() => GitAddress.CheckBranch(branch));
}
