using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Tests.Executions;

public sealed class InputTests
{
    [Fact]
    public async Task Each_line_is_written_once_however_often_it_is_sent_and_in_order()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.AskAsync(id => TestLink.Start(id, "e", "cat") with { Input = ["zero", "one"] });
        await link.AskAsync(id => new WriteCommand { Id = id, Execution = "e", Input = "x", Line = "two" });
        await link.AskAsync(id => new WriteCommand { Id = id, Execution = "e", Input = "x", Line = "two" });
        await Task.WhenAll(Enumerable.Range(3, 50).Select(n => link.AskAsync(id => new WriteCommand { Id = id, Execution = "e", Input = $"{n}", Line = $"{n}" })));
        await link.AskAsync(id => new CloseInputCommand { Id = id, Execution = "e" });
        await link.AskAsync(id => new CloseInputCommand { Id = id, Execution = "e" });

        var (lines, exit) = await link.ReadToEndAsync("e");

        Assert.Equal(["zero", "one", "two", .. Enumerable.Range(3, 50).Select(n => $"{n}")], lines.Select(line => line.Text));
        Assert.Equal(0, exit.Code);
        Assert.IsType<DoneReply>(await link.TryAsync(id => new WriteCommand { Id = id, Execution = "e", Input = "x", Line = "two" }));
        Assert.Equal(ExecutorErrors.InputClosed, await link.FailureAsync(id => new WriteCommand { Id = id, Execution = "e", Input = "late", Line = "l" }));
    }

    [Fact]
    public async Task A_long_line_arrives_whole_and_one_beyond_the_bound_is_refused()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        var line = new string('y', ExecutorProtocol.MaxInputLineBytes - 1);
        await link.AskAsync(id => TestLink.Start(id, "e", "wc", "-c") with { Input = [line], CloseInput = true });

        var (lines, _) = await link.ReadToEndAsync("e");

        Assert.Equal($"{ExecutorProtocol.MaxInputLineBytes}", Assert.Single(lines).Text);
        Assert.Equal(ExecutorErrors.Frame, await link.FailureAsync(id => TestLink.Start(id, "f", "cat") with { Input = [line + "y"] }));
        Assert.Equal(ExecutorErrors.Frame, await link.FailureAsync(id => TestLink.Start(id, "g", "cat") with { Input = ["two\nlines"] }));
    }

    [Fact]
    public async Task A_process_that_does_not_read_fills_its_queue_and_nothing_more()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.StartAsync("e", "sleep", "1000");
        var line = new string('z', 1_000_000);
        var writes = Enumerable.Range(0, 12).Select(n => link.TryAsync(id => new WriteCommand { Id = id, Execution = "e", Input = $"{n}", Line = line })).ToList();

        var refused = Assert.IsType<FailedReply>(await await Task.WhenAny(writes));
        Assert.Equal(ExecutorErrors.InputFull, refused.Code);
        await link.StopAsync("e");
        Assert.All(await Task.WhenAll(writes), reply => Assert.IsType<FailedReply>(reply));
    }

    [Fact]
    public async Task A_process_that_closes_its_input_says_so_to_who_writes()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("e", "exec <&-; echo closed; sleep 1000", closeInput: false);
        await link.WaitForLineAsync("e", "closed");

        Assert.Equal(ExecutorErrors.InputClosed, await link.FailureAsync(id => new WriteCommand { Id = id, Execution = "e", Input = "1", Line = "hello" }));
    }
}
