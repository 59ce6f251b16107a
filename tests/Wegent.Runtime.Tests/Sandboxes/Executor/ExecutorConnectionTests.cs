using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Wegent.Runtime.Sandboxes.Executor;
using Wegent.Runtime.Sandboxes.LocalProcess;
using Wegent.Runtime.Tests.Sandboxes.LocalProcess;
using Wegent.Sandboxes;
using Wegent.Sandboxes.Wire;
using Wegent.Tasks;

namespace Wegent.Runtime.Tests.Sandboxes.Executor;

/// <summary>The link against the real executor behind a line that is cut, and against one that lies.</summary>
public sealed class ExecutorConnectionTests : IAsyncLifetime
{
    private readonly LocalPlace _place = new();
    private readonly FakeLife _life = new();
    private readonly CancellationTokenSource _deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly LocalProcessProvider _provider;
    private CuttableProxy? _proxy;

    public ExecutorConnectionTests() => _provider = _place.CreateProvider();

    private CancellationToken Ct => _deadline.Token;

    private string SocketPath => Path.Combine(_place.DataDirectory, "p");

    public ValueTask InitializeAsync()
    {
        _deadline.CancelAfter(TimeSpan.FromMinutes(1));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.RemoveAsync("store", "cut-1", CancellationToken.None);
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        _place.Dispose();
        _deadline.Dispose();
    }

    [Fact]
    public async Task Output_has_no_gap_and_no_repeat_however_often_the_line_is_cut()
    {
        await using var sandbox = await ConnectAsync();
        var cuts = 0;
        _proxy!.CutAfter = bytes => bytes / 100_000 > cuts && ++cuts > 0;
        var execution = await sandbox.StartAsync(Shell("e", "seq 1 100000"), Ct);

        var expected = 0L;
        await foreach (var output in execution.ReadAsync(0, Ct))
        {
            Assert.Equal(expected, output.Number);
            if (output is ExecutionLine line)
                Assert.Equal($"{++expected}", line.Text);
            else
                Assert.Equal(new ExecutionExited(100_000, 0), output);
        }

        Assert.Equal(100_000, expected);
        Assert.InRange(cuts, 5, 1000);
    }

    [Fact]
    public async Task What_is_asked_while_the_line_is_down_is_answered_when_it_is_back()
    {
        await using var sandbox = await ConnectAsync();
        var execution = await sandbox.StartAsync(new ExecutionSpec { Id = "e", Program = "cat" }, Ct);
        _proxy!.Refuses = true;
        _proxy.Cut();

        var writing = execution.WriteLineAsync("1", "later", Ct);
        var accepted = _proxy.Accepted;
        while (_proxy.Accepted < accepted + 2)
            await Task.Delay(10, Ct);
        Assert.False(writing.IsCompleted);
        _proxy.Refuses = false;

        await writing;
        Assert.Equal(new ExecutionLine(0, false, "later"), await execution.ReadAsync(0, Ct).FirstAsync(Ct));
    }

    [Fact]
    public async Task A_reader_that_pauses_is_not_sent_more_than_its_window()
    {
        await using var sandbox = await ConnectAsync();
        var execution = await sandbox.StartAsync(Shell("e", "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done") with { MaxOutputBytes = 20_000_000 }, Ct);
        await using var reading = execution.ReadAsync(0, Ct).GetAsyncEnumerator(Ct);
        await reading.MoveNextAsync();

        await execution.StopAsync(TimeSpan.Zero, TimeSpan.Zero, Ct); // the rest is on disk now
        var before = _proxy!.Received;
        Assert.NotNull(await sandbox.FindExecutionAsync("e", Ct)); // others are served meanwhile

        Assert.InRange(before, 1, 3 * ExecutorProtocol.DefaultWindow);
        Assert.InRange(_proxy.Received - before, 1, 2000);
    }

    [Fact]
    public async Task The_end_of_the_life_ends_every_wait_with_its_reason()
    {
        await using var sandbox = await ConnectAsync();
        var execution = await sandbox.StartAsync(new ExecutionSpec { Id = "e", Program = "cat" }, Ct);
        var reading = execution.ReadAsync(0, Ct).ToListAsync(Ct).AsTask();
        var stopping = execution.StopAsync(TimeSpan.FromHours(1), TimeSpan.FromHours(1), Ct).AsTask();

        _life.End(new SandboxException(FailureReason.OutOfMemory, "too much"));

        Assert.Equal(FailureReason.OutOfMemory, (await Assert.ThrowsAsync<SandboxException>(() => reading)).Reason);
        _ = await Record.ExceptionAsync(() => stopping);
        Assert.Equal("too much", (await Assert.ThrowsAsync<SandboxException>(async () => await sandbox.StartAsync(Shell("f", "true"), Ct))).Message);
    }

    [Fact]
    public async Task A_broken_line_makes_it_look_and_what_it_finds_counts()
    {
        await using var sandbox = await ConnectAsync();
        var execution = await sandbox.StartAsync(new ExecutionSpec { Id = "e", Program = "cat" }, Ct);
        var reading = execution.ReadAsync(0, Ct).ToListAsync(Ct).AsTask();
        _life.Look = () => new SandboxException(FailureReason.SandboxLost, "it is dead");
        _proxy!.Refuses = true;

        _proxy.Cut();

        Assert.Equal("it is dead", (await Assert.ThrowsAsync<SandboxException>(() => reading)).Message);
    }

    [Fact]
    public async Task A_place_that_does_not_answer_is_no_reason_to_give_up_before_the_time_is_over()
    {
        var clock = new FakeTimeProvider();
        await using var sandbox = await ConnectAsync(clock);
        var execution = await sandbox.StartAsync(new ExecutionSpec { Id = "e", Program = "cat" }, Ct);
        var reading = execution.ReadAsync(0, Ct).ToListAsync(Ct).AsTask();
        var looks = 0;
        _life.Look = () =>
        {
            Interlocked.Increment(ref looks);
            throw new SandboxException(FailureReason.EngineUnavailable, "no answer");
        };
        _proxy!.Refuses = true;
        _proxy.Cut();
        while (Volatile.Read(ref looks) < 3)
            await Task.Delay(10, Ct);
        Assert.False(reading.IsCompleted);

        clock.Advance(TimeSpan.FromMinutes(5));

        var error = await Assert.ThrowsAsync<SandboxException>(() => reading);
        Assert.Equal(FailureReason.SandboxLost, error.Reason);
        Assert.Contains("300 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Letting_go_ends_the_waits_and_leaves_the_sandbox_running()
    {
        var sandbox = await ConnectAsync();
        var execution = await sandbox.StartAsync(new ExecutionSpec { Id = "e", Program = "cat" }, Ct);
        var reading = execution.ReadAsync(0, Ct).ToListAsync(Ct).AsTask();

        await sandbox.DisposeAsync();
        await sandbox.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading);
        Assert.True(_life.Disposed);
        await using var again = await _provider.FindAsync("store", "cut-1", Ct);
        Assert.NotNull(await again!.FindExecutionAsync("e", Ct));
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_at_the_door()
    {
        await StartAsync();

        var error = await Assert.ThrowsAsync<SandboxException>(() => OpenAsync(secret: "wrong"));

        Assert.Equal(FailureReason.SandboxStartFailed, error.Reason);
        Assert.True(_life.Disposed);
    }

    [Fact]
    public async Task An_executor_of_another_version_is_refused_with_its_words()
    {
        await using var liar = new LyingExecutor(SocketPath, (command, send, _) => send(new FailedReply { Re = command.Id, Code = ExecutorErrors.Version, Message = "build the image again" }));

        var error = await Assert.ThrowsAsync<SandboxException>(() => OpenAsync());

        Assert.Equal((FailureReason.SandboxStartFailed, "build the image again"), (error.Reason, error.Message));
    }

    [Fact]
    public async Task Another_executor_in_the_place_of_the_first_is_a_loss()
    {
        var instance = 0;
        await using var liar = new LyingExecutor(SocketPath, async (command, send, _) =>
        {
            if (command is HelloCommand)
                await send(LyingExecutor.Welcome(command.Id, $"instance {++instance}"));
            else
                throw new IOException("cut");
        });
        await using var connection = await OpenAsync();

        var error = await Assert.ThrowsAsync<SandboxException>(() => connection.AskAsync<StartedReply>(id => new FindCommand { Id = id, Execution = "e" }, Ct));

        Assert.Contains("started again", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no json", "cut off")]
    [InlineData("""{"type":"lines","reader":2,"first":5,"lines":[{"text":"x"}]}""", "gap before line 0")]
    [InlineData("""{"type":"lines","reader":2,"first":0,"lines":null}""", "cut off")]
    [InlineData("""{"type":"lines","reader":2,"first":0,"lines":[null]}""", "gap before line 0")]
    public async Task One_that_breaks_the_contract_is_cut_off(string frame, string expected)
    {
        await using var liar = new LyingExecutor(SocketPath, async (command, send, sendRaw) =>
        {
            if (command is HelloCommand)
                await send(LyingExecutor.Welcome(command.Id));
            if (command is not ReadCommand)
                return;
            await send(new DoneReply { Re = command.Id });
            await sendRaw(System.Text.Encoding.UTF8.GetBytes(frame));
        });
        await using var connection = await OpenAsync();

        var error = await Assert.ThrowsAsync<SandboxException>(async () => await new ExecutorExecution("e", connection).ReadAsync(0, Ct).ToListAsync(Ct));

        Assert.Equal(FailureReason.Internal, error.Reason);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_sends_more_than_the_window_is_cut_off()
    {
        await using var liar = new LyingExecutor(SocketPath, async (command, send, _) =>
        {
            if (command is HelloCommand)
                await send(LyingExecutor.Welcome(command.Id));
            if (command is not ReadCommand)
                return;
            await send(new DoneReply { Re = command.Id });
            for (var i = 0; i < 20_000; i++)
                await send(new LinesMessage { Reader = command.Id, First = i, Lines = [new WireLine { Text = "" }] });
        });
        await using var connection = await OpenAsync();
        await using var reading = new ExecutorExecution("e", connection).ReadAsync(0, Ct).GetAsyncEnumerator(Ct);
        await reading.MoveNextAsync();

        var error = await Assert.ThrowsAsync<SandboxException>(() => connection.AskAsync<StartedReply>(id => new FindCommand { Id = id, Execution = "e" }, Ct));

        Assert.Contains("more than it was asked for", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_beyond_the_bound_is_not_collected()
    {
        var links = 0;
        await using var liar = new LyingExecutor(SocketPath, async (command, send, sendRaw) =>
        {
            if (command is not HelloCommand)
                return;
            if (++links == 1)
                await sendRaw(new byte[ExecutorProtocol.MaxFrameBytes + 1]);
            else
                await send(LyingExecutor.Welcome(command.Id));
        });

        await using var connection = await OpenAsync();

        Assert.Equal(2, links);
    }

    private static ExecutionSpec Shell(string id, string script) => new() { Id = id, Program = "sh", Arguments = ["-c", script] };

    /// <summary>A real sandbox behind the proxy.</summary>
    private async Task StartAsync()
    {
        await (await _provider.CreateAsync(new SandboxSpec { Id = "cut-1", StoreId = "store", TaskId = 1 }, Ct)).DisposeAsync();
        _proxy = new CuttableProxy(SocketPath, Path.Combine(_place.FolderOf("cut-1"), "executor.sock"));
    }

    private async Task<ExecutorSandbox> ConnectAsync(TimeProvider? clock = null)
    {
        await StartAsync();
        return new ExecutorSandbox("cut-1", await OpenAsync(clock), new ExecutorSandboxSettings());
    }

    private Task<ExecutorConnection> OpenAsync(TimeProvider? clock = null, string? secret = null) => ExecutorConnection.OpenAsync(
        ExecutorEndpoint.Unix(SocketPath), secret ?? _place.Secrets.For("cut-1"), _life, TimeSpan.FromMinutes(5), clock ?? TimeProvider.System, NullLogger.Instance, Ct);
}
