using Wegent.Sandboxes;
using Wegent.Tasks;
using Wegent.TestKit.Sandboxes;

namespace Wegent.Runtime.Tests.Sandboxes;

public sealed class FakeSandboxProviderTests
{
    private static readonly SandboxSpec Spec = new() { Id = "wegent-1", StoreId = "store", TaskId = 1 };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_script_is_played_once_however_often_its_execution_is_started()
    {
        var place = new FakeSandboxProvider { Script = (_, _) => FakeScript.Of("one", "two").ErrorLine("oops").Exit(3) };
        await using var sandbox = await place.CreateAsync(Spec, Ct);
        await sandbox.StartAsync(new ExecutionSpec { Id = "e", Program = "x" }, Ct);
        var execution = await sandbox.StartAsync(new ExecutionSpec { Id = "e", Program = "x" }, Ct);

        var outputs = await execution.ReadAsync(1, Ct).ToListAsync(Ct);

        Assert.Equal(
            [new ExecutionLine(1, false, "two"), new ExecutionLine(2, true, "oops"), new ExecutionExited(3, 3)],
            outputs);
    }

    [Fact]
    public async Task Standard_input_is_answered_line_by_line_and_each_input_id_counts_once()
    {
        var place = new FakeSandboxProvider { Script = (_, _) => new FakeScript().AnswerAll(line => [$"heard {line}"]) };
        await using var sandbox = await place.CreateAsync(Spec, Ct);
        var execution = await sandbox.StartAsync(new ExecutionSpec { Id = "e", Program = "x", InputLines = ["a"] }, Ct);
        await execution.WriteLineAsync("1", "b", Ct);
        await execution.WriteLineAsync("1", "b", Ct);
        await execution.CloseInputAsync(Ct);

        var outputs = await execution.ReadAsync(0, Ct).ToListAsync(Ct);

        Assert.Equal([new ExecutionLine(0, false, "heard a"), new ExecutionLine(1, false, "heard b"), new ExecutionExited(2, 0)], outputs);
    }

    [Fact]
    public async Task A_hanging_script_ends_when_it_is_stopped_and_a_dead_sandbox_tells_its_readers()
    {
        var place = new FakeSandboxProvider { Script = (_, _) => new FakeScript().Line("busy").Hang() };
        await using var sandbox = await place.CreateAsync(Spec, Ct);
        var first = await sandbox.StartAsync(new ExecutionSpec { Id = "first", Program = "x" }, Ct);
        await first.StopAsync(TimeSpan.Zero, TimeSpan.Zero, Ct);
        Assert.Equal(new ExecutionExited(1, 143, "stopped"), await first.ReadAsync(0, Ct).LastAsync(Ct));

        var second = await sandbox.StartAsync(new ExecutionSpec { Id = "second", Program = "x" }, Ct);
        place.Find(Spec.Id)!.Die(FailureReason.OutOfMemory);
        var error = await Assert.ThrowsAsync<SandboxException>(async () => await second.ReadAsync(0, Ct).LastAsync(Ct));

        Assert.Equal(FailureReason.OutOfMemory, error.Reason);
        Assert.Null(await place.FindAsync("store", Spec.Id, Ct));
        Assert.False((await place.ListAsync("store", Ct).SingleAsync(Ct)).Running);
        await place.RemoveAsync("store", Spec.Id, Ct);
        Assert.Empty(place.Sandboxes);
    }
}
