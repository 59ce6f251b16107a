using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Tests.Executions;

public sealed class OutputTests
{
    [Fact]
    public async Task Both_streams_are_numbered_together_in_the_order_in_which_they_were_written()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("e", "echo one; sleep 0.02; echo two >&2; sleep 0.02; printf three; exit 7");

        var (lines, exit) = await link.ReadToEndAsync("e");

        Assert.Equal(["one", "two", "three"], lines.Select(line => line.Text));
        Assert.Equal([false, true, false], lines.Select(line => line.Err));
        Assert.Equal(new WireExit { Code = 7, Reason = WireExitReasons.Exited }, exit);
    }

    [Fact]
    public async Task A_reader_may_begin_anywhere_and_as_often_as_it_likes()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("e", "seq 1 5000");

        var (all, _) = await link.ReadToEndAsync("e");
        var (tail, _) = await link.ReadToEndAsync("e", from: 4321);
        var (beyond, exit) = await link.ReadToEndAsync("e", from: 9999);

        Assert.Equal(Enumerable.Range(1, 5000).Select(n => $"{n}"), all.Select(line => line.Text));
        Assert.Equal(all[4321..], tail);
        Assert.Empty(beyond);
        Assert.Equal(0, exit.Code);
    }

    [Fact]
    public async Task A_reader_gets_lines_as_they_come()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.StartAsync("e", "cat");

        await link.AskAsync(id => new WriteCommand { Id = id, Execution = "e", Input = "1", Line = "héllo \"wörld\" 😀" });

        Assert.Equal("llo \"wörld\" 😀", await link.WaitForLineAsync("e", "hé"));
    }

    [Fact]
    public async Task What_a_slow_runtime_does_not_acknowledge_waits_on_disk()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("e", "seq 1 200000");
        var (reader, messages) = await link.OpenReaderAsync("e", window: 100_000);

        var (lines, _) = await link.ReadToEndAsync("e");

        Assert.Equal(200_000, lines.Count);
        Assert.InRange(messages.Count, 1, 3); // 64 KiB, then the rest of the window
        await link.AcknowledgeAsync(reader, long.MaxValue);
        Assert.True(await messages.WaitToReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_line_beyond_the_bound_is_cut_and_says_by_how_much()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("e", $"head -c {ExecutorProtocol.MaxLineBytes + 1000} /dev/zero | tr '\\0' x; echo; echo after");

        var (lines, _) = await link.ReadToEndAsync("e");

        Assert.Equal(2, lines.Count);
        Assert.Equal(ExecutorProtocol.MaxLineBytes, lines[0].Text.Length);
        Assert.Equal(1000, lines[0].Cut);
        Assert.Equal(new WireLine { Text = "after" }, lines[1]);
    }

    [Fact]
    public async Task The_longest_line_of_the_worst_bytes_still_fits_a_frame()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("e", $"head -c {ExecutorProtocol.MaxLineBytes} /dev/zero | tr '\\0' '\\1'; echo; printf '\\377\\n'");

        var (lines, _) = await link.ReadToEndAsync("e");

        Assert.Equal(new string('\u0001', ExecutorProtocol.MaxLineBytes), lines[0].Text);
        Assert.Equal("\ufffd", lines[1].Text);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("yes ''")]
    [InlineData("cat /dev/zero")]
    public async Task A_flood_is_ended_at_the_limit_and_the_reason_says_so(string script)
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.AskAsync(id => TestLink.Start(id, "e", "sh", "-c", script) with { OutputLimit = 3_000_000 });

        var (lines, exit) = await link.ReadToEndAsync("e");

        Assert.Equal(WireExitReasons.OutputLimit, exit.Reason);
        Assert.InRange(lines.Sum(line => line.Text.Length + 16L), 0, 3_000_000);
    }

    [Fact]
    public async Task A_child_that_keeps_the_pipes_open_does_not_hold_back_the_end()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("e", "sleep 1000 & echo done");

        var (lines, exit) = await link.ReadToEndAsync("e");

        Assert.Equal("done", Assert.Single(lines).Text);
        Assert.Equal(0, exit.Code);
        Assert.Equal(1, exit.Killed);
    }
}
