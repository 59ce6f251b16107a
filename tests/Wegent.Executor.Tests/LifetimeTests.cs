using System.Diagnostics;
using Wegent.Executor.Processes;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Tests;

public sealed class LifetimeTests
{
    [Theory]
    [InlineData(Libc.SigTerm)]
    [InlineData(Libc.SigInt)]
    public async Task A_signal_ends_it_and_everything_it_started(int signal)
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("e", "(setsid sh -c 'echo pid $$; trap \"\" TERM; while :; do sleep 0.05; done' &) ; trap '' TERM; while :; do sleep 0.05; done");
        var detached = int.Parse(await link.WaitForLineAsync("e", "pid "));

        var since = Stopwatch.StartNew();
        executor.Signal(signal);
        await executor.WaitForExitAsync();

        Assert.Equal(0, executor.ExitCode);
        Assert.Null(ProcessEntry.Read(detached));
        Assert.InRange(since.ElapsedMilliseconds, 0, 2000);
        Assert.False(File.Exists(executor.SocketPath));
        Assert.False(Directory.Exists(executor.State));
    }

    [Fact]
    public async Task It_ends_itself_when_nobody_has_talked_to_it_for_its_time()
    {
        await using var executor = await ExecutorProcess.StartAsync(null, "--orphan-timeout", "1");
        var link = await executor.ConnectAsync();
        await Task.Delay(1500, TestContext.Current.CancellationToken); // the one real wait: the executor goes by its own clock
        Assert.False(executor.HasExited);

        await link.DisposeAsync();
        await executor.WaitForExitAsync();

        Assert.Equal(0, executor.ExitCode);
        Assert.Contains("no runtime was connected for 1 s", executor.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_ends_when_the_runtime_says_so()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.StartAsync("e", "sleep", "1000");

        await link.AskAsync(id => new ShutdownCommand { Id = id });
        await executor.WaitForExitAsync();

        Assert.Equal(0, executor.ExitCode);
    }

    [Fact]
    public async Task Its_own_files_leave_nothing_behind_but_what_the_agents_made()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("e", "echo hello; touch made");
        await link.ReadToEndAsync("e");
        Assert.Empty(Directory.GetFiles(executor.State, "journal*"));

        executor.Signal(Libc.SigTerm);
        await executor.WaitForExitAsync();

        Assert.Equal(["home", "log", "workspace"], Directory.GetFileSystemEntries(executor.Folder).Select(Path.GetFileName).Order());
        Assert.Equal(["made"], Directory.GetFileSystemEntries(executor.Workspace).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_runtime_that_comes_back_finds_the_same_instance()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var first = await executor.ConnectAsync(greet: false);
        await using var second = await executor.ConnectAsync(greet: false);

        var one = Assert.IsType<WelcomeReply>(await first.AskAsync(id => new HelloCommand { Id = id, Versions = [1] }));
        var two = Assert.IsType<WelcomeReply>(await second.AskAsync(id => new HelloCommand { Id = id, Versions = [1] }));

        Assert.Equal(one.Instance, two.Instance);
    }
}
