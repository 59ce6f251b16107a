using Wegent.Executor.Processes;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Tests.Executions;

public sealed class StopTests
{
    private static WireExit ExitOf(ExecutorReply reply) => Assert.IsType<ExitedReply>(reply).Exit;

    private static bool Runs(int pid) => ProcessEntry.Read(pid) is { Dead: false };

    [Fact]
    public async Task An_interrupt_line_is_written_and_the_input_closed_behind_it()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.AskAsync(id => TestLink.Start(id, "e", "sh", "-c", "read first; echo got $first; read more || echo no more") with { InterruptLine = "give up" });

        var exit = ExitOf(await link.StopAsync("e", interruptMs: 60_000, terminateMs: 60_000));

        var (lines, _) = await link.ReadToEndAsync("e");
        Assert.Equal(["got give up", "no more"], lines.Select(line => line.Text));
        Assert.Equal(new WireExit { Code = 0, Reason = WireExitReasons.Stopped }, exit);
    }

    [Fact]
    public async Task Without_an_interrupt_line_the_interrupt_is_a_signal()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.StartAsync("e", "sleep", "1000");

        var exit = ExitOf(await link.StopAsync("e", interruptMs: 60_000, terminateMs: 60_000));

        Assert.Equal(new WireExit { Signal = Libc.SigInt, Reason = WireExitReasons.Stopped }, exit);
    }

    [Fact]
    public async Task What_ignores_the_interrupt_is_terminated_and_what_ignores_that_is_killed()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("polite", "trap '' INT; trap 'echo bye; exit 9' TERM; echo up; while :; do sleep 0.01; done");
        await link.ShellAsync("stubborn", "trap '' INT TERM; echo up; while :; do sleep 0.01; done");
        await link.WaitForLineAsync("polite", "up");
        await link.WaitForLineAsync("stubborn", "up");

        var polite = ExitOf(await link.StopAsync("polite", interruptMs: 50, terminateMs: 60_000));
        var stubborn = ExitOf(await link.StopAsync("stubborn", interruptMs: 20, terminateMs: 20));

        Assert.Equal(9, polite.Code);
        Assert.Equal(Libc.SigKill, stubborn.Signal);
    }

    [Fact]
    public async Task A_second_stop_only_makes_the_first_one_quicker()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("e", "trap '' INT TERM; echo up; while :; do sleep 0.01; done");
        await link.WaitForLineAsync("e", "up");

        var first = link.StopAsync("e", interruptMs: 1000_000, terminateMs: 1000_000);
        var second = await link.StopAsync("e");

        Assert.Equal(ExitOf(second), ExitOf(await first));
        Assert.Equal(ExitOf(second), ExitOf(await link.StopAsync("e")));
    }

    [Theory]
    [InlineData("a session of its own", "setsid sh -c 'echo pid $$; trap \"\" TERM INT HUP; while :; do sleep 0.05; done' & wait")]
    [InlineData("a daemon whose parents are gone", "(setsid sh -c 'echo pid $$; while :; do sleep 0.05; done' &) ; while :; do sleep 0.05; done")]
    [InlineData("a daemon that closed its output", "(setsid sh -c 'echo pid $$; exec >/dev/null 2>&1 </dev/null; while :; do sleep 0.05; done' &) ; while :; do sleep 0.05; done")]
    [InlineData("a daemon without its environment", "(setsid env -i sh -c 'echo pid $$; while :; do sleep 0.05; done' &) ; while :; do sleep 0.05; done")]
    public async Task A_detached_grandchild_is_killed_with_its_execution(string what, string script)
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("e", script);
        var detached = int.Parse(await link.WaitForLineAsync("e", "pid "));
        Assert.True(Runs(detached), what);

        await link.StopAsync("e", terminateMs: 60_000);

        // What hides even its environment is found when nothing else runs, a moment after the end.
        for (var i = 0; i < 500 && Runs(detached); i++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.False(Runs(detached), what);
    }

    [Fact]
    public async Task What_an_execution_leaves_behind_dies_with_it_and_not_with_another()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("other", "(setsid sh -c 'echo pid $$; while :; do sleep 0.05; done' &) ; read line", closeInput: false);
        var others = int.Parse(await link.WaitForLineAsync("other", "pid "));

        await link.ShellAsync("e", "(setsid sh -c 'echo pid $$; while :; do sleep 0.05; done' &) ; sleep 0.1");
        var mine = int.Parse(await link.WaitForLineAsync("e", "pid "));
        var (_, exit) = await link.ReadToEndAsync("e");

        Assert.False(Runs(mine));
        Assert.True(Runs(others));
        Assert.InRange(exit.Killed, 1, 2); // the shell, and its sleep if one was running
        await link.StopAsync("other");
        Assert.False(Runs(others));
    }

    [Fact]
    public async Task A_tree_that_keeps_growing_is_frozen_and_killed()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("e", "echo up; spawn() { setsid sh -c 'sleep 0.02' & }; while :; do spawn; spawn; spawn; sleep 0.005; done");
        await link.WaitForLineAsync("e", "up");

        await link.StopAsync("e");

        var rest = ProcessEntry.ReadAll().Where(entry => ProcessEntry.ReadExecution(entry.Pid) == "e" && !entry.Dead && entry.Parent == executor.Pid);
        Assert.Empty(rest);
    }

    [Fact]
    public async Task Many_orphans_are_collected_and_none_stays_a_zombie()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("e", "for i in $(seq 1 50); do (sleep 0.01 &) ; done; sleep 0.3; echo done; read line", closeInput: false);
        await link.WaitForLineAsync("e", "done");

        Assert.DoesNotContain(ProcessEntry.ReadAll(), entry => entry.Parent == executor.Pid && entry.Dead);
    }
}
