using System.Formats.Tar;
using Wegent.Runtime.Sandboxes.Docker;
using Wegent.Sandboxes;
using Wegent.Tasks;

namespace Wegent.Runtime.Tests.Sandboxes.Docker;

public sealed class DockerSourceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wegent-source-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Files_folders_and_links_belong_to_the_sandboxs_user_and_links_are_not_followed()
    {
        Write("a/b.txt", "content");
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "empty"));
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "outside"), "/etc/passwd");
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "a", "up"), "..");

        var entries = await ReadAsync();

        Assert.Equal(["a", "a/b.txt", "a/up", "empty", "outside"], entries.Keys.Order(StringComparer.Ordinal));
        Assert.All(entries.Values, entry => Assert.Equal((1000, 1000), (entry.Uid, entry.Gid)));
        Assert.Equal((TarEntryType.SymbolicLink, "/etc/passwd"), (entries["outside"].Type, entries["outside"].Link));
        Assert.Equal((TarEntryType.SymbolicLink, ".."), (entries["a/up"].Type, entries["a/up"].Link));
        Assert.Equal("content", entries["a/b.txt"].Text);
    }

    [Fact]
    public async Task A_file_keeps_that_it_can_be_executed_and_is_always_open_to_its_owner()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes");
        if (OperatingSystem.IsWindows())
            return;
        Write("run.sh", "#!/bin/sh");
        File.SetUnixFileMode(Path.Combine(_folder.FullName, "run.sh"), UnixFileMode.UserExecute | UnixFileMode.UserRead);

        var entry = (await ReadAsync())["run.sh"];

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, entry.Mode);
    }

    [Fact]
    public async Task Of_a_repository_only_what_a_clone_needs_is_taken()
    {
        Write("source.cs", "not committed");
        Write(".git/HEAD", "ref: refs/heads/main");
        Write(".git/refs/heads/main", "0123");
        Write(".git/objects/01/23", "object");
        Write(".git/hooks/post-checkout", "evil");
        Write(".git/index", "index");
        Write(".git/FETCH_HEAD", "https://me:canary@example.org");
        Write(".git/config", """
            [core]
                repositoryformatversion = 1
                fsmonitor = /bin/evil
                bare = false
            [remote "origin"]
                url = https://me:canary@example.org/x.git
            [extensions]
                objectFormat = sha256
            [http]
                extraHeader = Authorization: canary
            """);

        var entries = await ReadAsync();

        Assert.Equal(
            [".git", ".git/HEAD", ".git/config", ".git/objects", ".git/objects/01", ".git/objects/01/23", ".git/refs", ".git/refs/heads", ".git/refs/heads/main"],
            entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("[core]\nrepositoryformatversion = 1\nbare = false\n[extensions]\nobjectFormat = sha256\n", entries[".git/config"].Text);
    }

    [Fact]
    public async Task A_folder_beyond_the_limit_is_refused()
    {
        Write("large", new string('x', 3 << 20));

        var error = await Assert.ThrowsAsync<SandboxException>(() => DockerSource.WriteAsync(_folder.FullName, Stream.Null, 2 << 20, Ct));

        Assert.Equal(FailureReason.WorkspaceFailed, error.Reason);
        Assert.Contains("more than 2 MiB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_a_folder_counts_as_that_folder()
    {
        var link = _folder.FullName + "-link";
        File.CreateSymbolicLink(link, _folder.FullName);
        try
        {
            Assert.Equal(_folder.FullName, DockerSource.Check(link));
        }
        finally
        {
            File.Delete(link);
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/proc/self")]
    [InlineData("/tmp/../etc/")]
    [InlineData("/var/run")]
    [InlineData("/no/such/folder")]
    public void A_folder_of_the_system_is_not_shown(string folder) =>
        Assert.Equal(FailureReason.WorkspaceFailed, Assert.Throws<SandboxException>(() => DockerSource.Check(folder)).Reason);

    private void Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private async Task<Dictionary<string, Entry>> ReadAsync()
    {
        using var archive = new MemoryStream();
        await DockerSource.WriteAsync(_folder.FullName, archive, 1 << 20, Ct);
        archive.Position = 0;
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        await using var tar = new TarReader(archive);
        while (await tar.GetNextEntryAsync(copyData: true, Ct) is { } entry)
        {
            using var text = new StreamReader(entry.DataStream ?? Stream.Null);
            entries[entry.Name.TrimEnd('/')] = new Entry(entry.EntryType, entry.Uid, entry.Gid, entry.Mode, entry.LinkName, await text.ReadToEndAsync(Ct));
        }

        return entries;
    }

    private sealed record Entry(TarEntryType Type, int Uid, int Gid, UnixFileMode Mode, string Link, string Text);
}
