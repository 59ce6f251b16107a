using System.Diagnostics;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Tests.Workspaces;

public sealed class WorkspaceTests
{
    [Fact]
    public async Task A_repository_is_cloned_shallow_at_its_branch_and_its_state_written_down()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        var origin = NewRepository(executor.Folder);

        var prepared = await PrepareAsync(link, new() { Repository = $"file://{origin}", Branch = "feature", Name = "project" });

        Assert.Equal(Path.Combine(executor.Workspace, "project"), prepared.Workspace);
        Assert.Equal(Git(origin, "rev-parse", "feature"), prepared.Baseline);
        Assert.Equal("on the branch\n", await File.ReadAllTextAsync(Path.Combine(prepared.Workspace, "file.txt"), TestContext.Current.CancellationToken));
        Assert.Equal("1", Git(prepared.Workspace, "rev-list", "--count", "HEAD"));
        Assert.Equal(prepared.Baseline, Git(prepared.Workspace, "rev-parse", ExecutorProtocol.BaselineRef));
        Assert.Equal("feature", Git(prepared.Workspace, "branch", "--show-current"));
        Assert.Empty(Directory.GetFiles(Path.Combine(prepared.Workspace, ".git", "hooks").EnsureFolder()));
    }

    [Fact]
    public async Task The_same_source_again_is_answered_from_the_first_and_another_is_refused()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        var origin = NewRepository(executor.Folder);
        var source = new Source { Repository = $"file://{origin}", Name = "project" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => PrepareAsync(link, source)));

        Assert.Single(answers.Select(answer => answer.Baseline).Distinct());
        Assert.Equal(ExecutorErrors.WorkspaceConflict, await link.FailureAsync(id => (source with { Branch = "feature" }).Command(id)));
        var (lines, _) = await RunAsync(link, "pwd");
        Assert.Equal(Path.Combine(executor.Workspace, "project"), lines[0].Text);
    }

    [Fact]
    public async Task A_folder_is_copied_with_links_and_modes_and_without_pipes_and_becomes_a_repository()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        var source = Directory.CreateDirectory(Path.Combine(executor.Folder, "source")).FullName;
        Directory.CreateDirectory(Path.Combine(source, "sub/deeper"));
        await File.WriteAllTextAsync(Path.Combine(source, "sub/deeper/run.sh"), "#!/bin/sh\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(Path.Combine(source, "sub/deeper/run.sh"), (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(Path.Combine(source, "link"), "/etc/hostname");
        Run("mkfifo", source, "pipe");

        var prepared = await PrepareAsync(link, new() { Folder = source, Name = "w" });

        Assert.Equal(["link", "sub"], Directory.GetFileSystemEntries(prepared.Workspace).Select(Path.GetFileName).Where(name => name != ".git").Order());
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(Path.Combine(prepared.Workspace, "sub/deeper/run.sh")));
        Assert.Equal("/etc/hostname", new FileInfo(Path.Combine(prepared.Workspace, "link")).LinkTarget);
        await RunAsync(link, "echo new > added; echo more >> sub/deeper/run.sh");
        Assert.Equal("M\tsub/deeper/run.sh", Git(prepared.Workspace, "diff", "--name-status", prepared.Baseline!));
    }

    [Fact]
    public async Task A_folder_that_is_a_repository_is_cloned_and_shares_nothing_with_its_source()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        var origin = NewRepository(executor.Folder);

        var prepared = await PrepareAsync(link, new() { Folder = origin, Depth = 0, Name = "w" });

        Assert.Equal(Git(origin, "rev-parse", "HEAD"), prepared.Baseline);
        Assert.Equal("2", Git(prepared.Workspace, "rev-list", "--count", "HEAD"));
        Assert.All(
            Directory.GetFiles(Path.Combine(prepared.Workspace, ".git/objects"), "*", SearchOption.AllDirectories),
            file => Assert.Equal("1", Run("stat", prepared.Workspace, "-c", "%h", file)));
    }

    [Fact]
    public async Task An_empty_workspace_has_a_baseline_too()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();

        var prepared = await PrepareAsync(link, new() { Name = "empty" });

        Assert.NotNull(prepared.Baseline);
        Assert.Empty(Git(prepared.Workspace, "ls-tree", prepared.Baseline!));
    }

    [Fact]
    public async Task An_empty_repository_is_cloned_all_the_same()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        var origin = Path.Combine(executor.Folder, "nothing.git");
        Run("git", executor.Folder, "init", "-q", "--bare", origin);

        Assert.NotNull((await PrepareAsync(link, new() { Folder = origin, Name = "w" })).Baseline);
    }

    [Fact]
    public async Task Without_git_a_folder_is_copied_and_a_repository_refused()
    {
        var path = Directory.CreateTempSubdirectory("wx-path-").FullName;
        foreach (var program in (string[])["sh", "pwd", "dotnet"])
            File.CreateSymbolicLink(Path.Combine(path, program), Run("which", "/", program));
        Directory.CreateDirectory(Path.Combine(path, "source"));
        await File.WriteAllTextAsync(Path.Combine(path, "source/file"), "x", TestContext.Current.CancellationToken);
        await using var executor = await ExecutorProcess.StartWithPathAsync(path);
        await using var link = await executor.ConnectAsync();

        Assert.Equal(ExecutorErrors.WorkspaceGitMissing, await link.FailureAsync(id => new Source { Repository = "https://example.invalid/x" }.Command(id)));
        var prepared = await PrepareAsync(link, new() { Folder = Path.Combine(path, "source"), Name = "w" });

        Assert.Null(prepared.Baseline);
        Assert.True(File.Exists(Path.Combine(prepared.Workspace, "file")));
        Directory.Delete(path, recursive: true);
    }

    [Fact]
    public async Task What_fails_leaves_an_empty_place_and_may_be_tried_again()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        var origin = NewRepository(executor.Folder);
        var source = new Source { Repository = $"file://{origin}", Branch = "no-such-branch", Name = "w" };

        var failed = Assert.IsType<FailedReply>(await link.TryAsync(source.Command));
        Assert.Equal(ExecutorErrors.WorkspaceGit, failed.Code);
        Assert.Contains("no-such-branch", failed.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(executor.Workspace, "w")));
        Assert.Equal(ExecutorErrors.WorkspaceFolder, await link.FailureAsync(id => new Source { Folder = "/no/such/folder", Name = "w" }.Command(id)));

        Assert.Equal(ExecutorErrors.WorkspaceTooLarge, await link.FailureAsync(id => (source with { Branch = null }).Command(id) with { MaxBytes = 1000 }));
        await PrepareAsync(link, source with { Branch = "feature" });
    }

    [Fact]
    public async Task A_clone_that_takes_too_long_is_ended_with_its_helpers()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start(); // accepts by the kernel and never answers
        var source = new Source { Repository = $"http://127.0.0.1:{((System.Net.IPEndPoint)silent.LocalEndpoint).Port}/x", Transports = ["http"], Name = "w" };

        Assert.Equal(ExecutorErrors.WorkspaceTimeout, await link.FailureAsync(id => source.Command(id) with { TimeoutMs = 300 }));

        Assert.DoesNotContain(Wegent.Executor.Processes.ProcessEntry.ReadAll(), entry => entry.Parent == executor.Pid);
    }

    [Fact]
    public async Task Nothing_that_lies_in_a_repository_is_run()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        var origin = NewRepository(executor.Folder);
        var trap = Path.Combine(executor.Folder, "sprung");
        await File.WriteAllTextAsync(Path.Combine(origin, ".gitattributes"), "* filter=trap\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(origin, ".gitmodules"), $"[submodule \"x\"]\n\tpath = x\n\turl = ext::sh -c touch% {trap}\n", TestContext.Current.CancellationToken);
        foreach (var hook in (string[])["post-checkout", "post-commit", "pre-commit", "post-upload-pack"])
        {
            var path = Path.Combine(origin, ".git/hooks", hook).EnsureParent();
            await File.WriteAllTextAsync(path, $"#!/bin/sh\ntouch {trap}\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(path, (UnixFileMode)0b111_111_111);
        }

        Git(origin, "-c", "core.hooksPath=/dev/null", "add", "-A");
        Git(origin, "-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "trap");

        await PrepareAsync(link, new() { Folder = origin, Name = "w" });

        Assert.False(File.Exists(trap));
    }

    [Theory]
    [InlineData("ext::sh -c id")]
    [InlineData("EXT::sh -c id")]
    [InlineData("file:///etc")]
    [InlineData("/etc")]
    [InlineData("http://example.invalid/x")]
    [InlineData("--upload-pack=id")]
    [InlineData("https://example.invalid/a b")]
    [InlineData("HTTPS://example.invalid/x")]
    [InlineData("fd::17")]
    public async Task An_address_of_another_transport_is_refused(string address)
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();

        Assert.Equal(ExecutorErrors.WorkspaceAddress, await link.FailureAsync(id => new Source { Repository = address, Transports = null, Name = "w" }.Command(id)));
    }

    [Fact]
    public async Task A_name_is_one_segment()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();

        foreach (var name in (string[])["", ".", "..", "a/b", "../x"])
            Assert.Equal(ExecutorErrors.Frame, await link.FailureAsync(id => new Source { Name = name }.Command(id)));
    }

    private static async Task<PreparedReply> PrepareAsync(TestLink link, Source source) =>
        Assert.IsType<PreparedReply>(await link.AskAsync(source.Command));

    private static async Task<(List<WireLine> Lines, WireExit Exit)> RunAsync(TestLink link, string script)
    {
        await link.ShellAsync("run", script);
        return await link.ReadToEndAsync("run");
    }

    private static string NewRepository(string folder)
    {
        var origin = Directory.CreateDirectory(Path.Combine(folder, "origin")).FullName;
        Git(origin, "init", "-q", "-b", "main");
        File.WriteAllText(Path.Combine(origin, "file.txt"), "first\n");
        Git(origin, "add", "-A");
        Git(origin, "commit", "-q", "-m", "first");
        Git(origin, "checkout", "-q", "-b", "feature");
        File.WriteAllText(Path.Combine(origin, "file.txt"), "on the branch\n");
        Git(origin, "commit", "-q", "-a", "-m", "second");
        return origin;
    }

    private static string Git(string folder, params string[] arguments) =>
        Run("git", folder, ["-c", "user.name=Test", "-c", "user.email=test@example.invalid", .. arguments]);

    private static string Run(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.Trim();
    }

    private sealed record Source
    {
        public string? Name { get; init; }

        public string? Repository { get; init; }

        public string? Branch { get; init; }

        public string? Folder { get; init; }

        public int Depth { get; init; } = 1;

        public IReadOnlyList<string>? Transports { get; init; } = ["https", "file"];

        public PrepareCommand Command(long id) => new()
        {
            Id = id,
            Name = Name,
            Repository = Repository,
            Branch = Branch,
            Folder = Folder,
            Depth = Depth,
            Transports = Transports,
            MaxBytes = 1024 * 1024 * 1024,
            TimeoutMs = 60_000,
        };
    }
}
