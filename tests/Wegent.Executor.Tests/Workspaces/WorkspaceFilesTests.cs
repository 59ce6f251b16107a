using System.Text;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Tests.Workspaces;

public sealed class WorkspaceFilesTests
{
    [Fact]
    public async Task A_file_is_read_in_parts_and_an_absent_one_is_absent()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await File.WriteAllTextAsync(Path.Combine(executor.Workspace, "a.txt"), "0123456789", TestContext.Current.CancellationToken);

        var part = await ReadAsync(link, "a.txt", offset: 3, maxBytes: 4);
        var beyond = await ReadAsync(link, "a.txt", offset: 30, maxBytes: 4);

        Assert.Equal(("3456", 10L), (Encoding.UTF8.GetString(part.Content!), part.Size));
        Assert.Empty(beyond.Content!);
        Assert.False((await ReadAsync(link, "b.txt")).Exists);
        Assert.False((await ReadAsync(link, "a.txt/b")).Exists);
    }

    [Fact]
    public async Task Links_are_followed_inside_and_refused_where_they_lead_out()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        var workspace = Directory.CreateDirectory(Path.Combine(executor.Workspace, "sub")).Parent!.FullName;
        await File.WriteAllTextAsync(Path.Combine(workspace, "sub/real"), "real", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(executor.Folder, "outside"), "outside", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(workspace, "in"), "sub/real");
        File.CreateSymbolicLink(Path.Combine(workspace, "out"), "../outside");
        Directory.CreateSymbolicLink(Path.Combine(workspace, "up"), executor.Folder);
        File.CreateSymbolicLink(Path.Combine(workspace, "loop"), "loop");

        Assert.Equal("real", Encoding.UTF8.GetString((await ReadAsync(link, "in")).Content!));
        foreach (var path in (string[])["out", "up/outside", "../outside", "/etc/passwd", "up/workspace/../outside", "sub", ".", "loop"])
            Assert.Equal(ExecutorErrors.FilePath, await link.FailureAsync(id => Read(id, path)));
        Assert.Equal(ExecutorErrors.Frame, await link.FailureAsync(id => Read(id, "a\0b")));
    }

    [Fact]
    public async Task A_pipe_or_device_is_refused_and_blocks_nobody()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("e", "mkfifo pipe; ln -s /dev/zero zero");
        await link.ReadToEndAsync("e");

        Assert.Equal(ExecutorErrors.FilePath, await link.FailureAsync(id => Read(id, "pipe")));
        Assert.Equal(ExecutorErrors.FilePath, await link.FailureAsync(id => Read(id, "zero")));
    }

    private static async Task<FileReply> ReadAsync(TestLink link, string path, long offset = 0, int maxBytes = 1000) =>
        Assert.IsType<FileReply>(await link.AskAsync(id => Read(id, path) with { Offset = offset, MaxBytes = maxBytes }));

    private static ReadFileCommand Read(long id, string path) => new() { Id = id, Path = path, MaxBytes = 1000 };
}
