using System.Text;
using Wegent.Sandboxes;
using Wegent.Tasks;

namespace Wegent.TestKit.Sandboxes;

/// <summary>
/// What every place for sandboxes promises, tried with real programs in it: <c>sh</c>, <c>cat</c>, <c>seq</c>, <c>sleep</c>,
/// <c>setsid</c> must be there.
/// </summary>
public abstract class SandboxProviderContract : IAsyncLifetime
{
    private readonly List<string> _made = [];
    private readonly string _source = Directory.CreateTempSubdirectory("wegent-source-").FullName;

    /// <summary>Ends tests that hang.</summary>
    protected CancellationTokenSource Deadline { get; } = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    /// <summary>The store of this test.</summary>
    protected string StoreId { get; } = $"t{Guid.CreateVersion7():N}"[..20];

    /// <summary>The token of all waits.</summary>
    protected CancellationToken Ct => Deadline.Token;

    /// <summary>Makes a provider. A second one stands for a host that was started again: it works on the same place with the same secrets.</summary>
    protected abstract ISandboxProvider CreateProvider();

    /// <summary>Fails when something of a removed sandbox is still there.</summary>
    protected abstract Task AssertNothingIsLeftAsync(string sandboxId);

    /// <inheritdoc/>
    public virtual ValueTask InitializeAsync()
    {
        Deadline.CancelAfter(TimeSpan.FromMinutes(2));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        var provider = CreateProvider();
        foreach (var id in _made)
            await provider.RemoveAsync(StoreId, id, CancellationToken.None);
        if (provider is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        Deadline.Dispose();
        Directory.Delete(_source, recursive: true);
    }

    [Fact]
    public async Task Creating_a_sandbox_twice_finds_the_first()
    {
        var spec = NewSpec();
        await using var first = await CreateProvider().CreateAsync(spec, Ct);
        await first.StartAsync(Shell("e", "echo hello; read line"), Ct);

        await using var second = await CreateProvider().CreateAsync(spec, Ct);

        var execution = await second.FindExecutionAsync("e", Ct);
        Assert.NotNull(execution);
        Assert.Equal(new ExecutionLine(0, false, "hello"), await execution.ReadAsync(0, Ct).FirstAsync(Ct));
        Assert.Null(await second.FindExecutionAsync("other", Ct));
    }

    [Fact]
    public async Task Lines_of_both_streams_are_numbered_together_and_end_with_the_exit()
    {
        await using var sandbox = await CreateAsync();
        var execution = await sandbox.StartAsync(Shell("e", "echo one; sleep 0.05; echo two >&2; sleep 0.05; printf three; exit 7"), Ct);

        Assert.Equal(
            [
                new ExecutionLine(0, false, "one"), new ExecutionLine(1, true, "two"), new ExecutionLine(2, false, "three"),
                new ExecutionExited(3, 7),
            ],
            await execution.ReadAsync(0, Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task Output_is_read_from_any_line_as_often_as_wanted()
    {
        await using var sandbox = await CreateAsync();
        var execution = await sandbox.StartAsync(Shell("e", "seq 1 20000"), Ct);

        var all = await execution.ReadAsync(0, Ct).ToListAsync(Ct);
        var tail = await execution.ReadAsync(19_990, Ct).ToListAsync(Ct);

        Assert.Equal(20_001, all.Count);
        Assert.All(all.Take(20_000).Index(), pair => Assert.Equal(new ExecutionLine(pair.Index, false, $"{pair.Index + 1}"), pair.Item));
        Assert.Equal(all[19_990..], tail);
        Assert.Equal([new ExecutionExited(20_000, 0)], await execution.ReadAsync(20_000, Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task Starting_an_execution_twice_runs_it_once()
    {
        await using var sandbox = await CreateAsync();
        await sandbox.StartAsync(Shell("e", "echo $$"), Ct);
        var first = await (await sandbox.StartAsync(Shell("e", "echo never"), Ct)).ReadAsync(0, Ct).ToListAsync(Ct);
        var second = await (await sandbox.StartAsync(Shell("e", "echo never"), Ct)).ReadAsync(0, Ct).ToListAsync(Ct);

        Assert.Equal(first, second);
        Assert.NotEqual("never", Assert.IsType<ExecutionLine>(first[0]).Text);
    }

    [Fact]
    public async Task Input_lines_arrive_in_order_and_each_id_once()
    {
        await using var sandbox = await CreateAsync();
        var execution = await sandbox.StartAsync(new ExecutionSpec { Id = "e", Program = "cat", InputLines = ["zero", "eins \"ü\" 😀"] }, Ct);
        await execution.WriteLineAsync("a", "two", Ct);
        await execution.WriteLineAsync("a", "two", Ct);
        await execution.WriteLineAsync("b", "three", Ct);
        await execution.CloseInputAsync(Ct);

        var texts = await execution.ReadAsync(0, Ct).OfType<ExecutionLine>().Select(line => line.Text).ToListAsync(Ct);

        Assert.Equal(["zero", "eins \"ü\" 😀", "two", "three"], texts);
    }

    [Fact]
    public async Task Stopping_ends_everything_that_was_started_detached_children_included()
    {
        await using var sandbox = await CreateAsync();
        var execution = await sandbox.StartAsync(
            Shell("e", "(setsid sh -c 'echo $$; trap \"\" TERM INT HUP; while :; do sleep 0.05; done' &) ; trap '' TERM INT; while :; do sleep 0.05; done"), Ct);
        var detached = Assert.IsType<ExecutionLine>(await execution.ReadAsync(0, Ct).FirstAsync(Ct)).Text;

        await execution.StopAsync(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(50), Ct);

        var end = Assert.IsType<ExecutionExited>(await execution.ReadAsync(0, Ct).LastAsync(Ct));
        Assert.Equal((137, "stopped"), (end.ExitCode, end.Detail));
        Assert.NotEqual(0, await ExitCodeAsync(sandbox, Shell("alive", $"kill -0 {detached}")));
    }

    [Fact]
    public async Task A_host_that_starts_again_finds_the_sandbox_and_the_output_goes_on_without_gap_or_repeat()
    {
        var spec = NewSpec();
        var before = await CreateProvider().CreateAsync(spec, Ct);
        var started = await before.StartAsync(new ExecutionSpec { Id = "e", Program = "cat", InputLines = ["one"] }, Ct);
        Assert.Equal(new ExecutionLine(0, false, "one"), await started.ReadAsync(0, Ct).FirstAsync(Ct));
        await before.DisposeAsync();

        await using var after = await CreateProvider().FindAsync(StoreId, spec.Id, Ct);

        Assert.NotNull(after);
        var execution = await after.FindExecutionAsync("e", Ct);
        Assert.NotNull(execution);
        await execution.WriteLineAsync("w", "two", Ct);
        await execution.CloseInputAsync(Ct);
        Assert.Equal(
            [new ExecutionLine(0, false, "one"), new ExecutionLine(1, false, "two"), new ExecutionExited(2, 0)],
            await execution.ReadAsync(0, Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task A_sandbox_is_found_and_listed_in_its_own_store_only()
    {
        var provider = CreateProvider();
        var spec = NewSpec();
        await using var sandbox = await provider.CreateAsync(spec, Ct);

        var listed = Assert.Single(await provider.ListAsync(StoreId, Ct).ToListAsync(Ct));

        Assert.Equal((spec.Id, spec.TaskId, true), (listed.Id, listed.TaskId, listed.Running));
        Assert.Empty(await provider.ListAsync("another", Ct).ToListAsync(Ct));
        Assert.Null(await provider.FindAsync("another", spec.Id, Ct));
        Assert.Null(await provider.FindAsync(StoreId, "no-such-sandbox", Ct));
        await provider.RemoveAsync("another", spec.Id, Ct);
        Assert.Single(await provider.ListAsync(StoreId, Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task Removing_leaves_nothing_and_may_be_done_again()
    {
        var provider = CreateProvider();
        var spec = NewSpec();
        await using var sandbox = await provider.CreateAsync(spec, Ct);
        await sandbox.PrepareWorkspaceAsync(new WorkspaceSource { Folder = "work" }, Ct);
        var execution = await sandbox.StartAsync(Shell("e", "(setsid sleep 1000 &) ; mkdir locked; touch locked/file; chmod 500 locked; echo up; sleep 1000"), Ct);
        await execution.ReadAsync(0, Ct).FirstAsync(Ct);
        var reading = execution.ReadAsync(1, Ct).ToListAsync(Ct).AsTask();

        await provider.RemoveAsync(StoreId, spec.Id, Ct);
        await provider.RemoveAsync(StoreId, spec.Id, Ct);

        await AssertNothingIsLeftAsync(spec.Id);
        Assert.Empty(await provider.ListAsync(StoreId, Ct).ToListAsync(Ct));
        Assert.Null(await provider.FindAsync(StoreId, spec.Id, Ct));

        // Who was reading hears of it: of the end that the execution came to, or of the loss of everything.
        if (await Record.ExceptionAsync(() => reading) is { } error)
            Assert.Equal(FailureReason.SandboxLost, Assert.IsType<SandboxException>(error).Reason);
        else
            Assert.IsType<ExecutionExited>((await reading)[^1]);
    }

    [Fact]
    public async Task A_folder_of_the_host_becomes_the_workspace_and_stays_as_it_is()
    {
        await File.WriteAllTextAsync(Path.Combine(_source, "given.txt"), "given\n", Ct);
        await using var sandbox = await CreateProvider().CreateAsync(NewSpec() with { SourceFolder = _source }, Ct);
        var workspace = new WorkspaceSource { Folder = "work", SourceFolder = _source };

        var paths = await sandbox.PrepareWorkspaceAsync(workspace, Ct);
        var again = await sandbox.PrepareWorkspaceAsync(workspace, Ct);

        Assert.Equal(paths, again);
        Assert.EndsWith("/work", paths.Workspace, StringComparison.Ordinal);
        Assert.Equal(paths, sandbox.Paths);
        Assert.Equal(0, await ExitCodeAsync(sandbox, Shell("e", "test \"$PWD\" = " + paths.Workspace + " && cat given.txt && echo changed > given.txt && echo new > made.txt")));
        Assert.Equal("changed\n", Encoding.UTF8.GetString((await sandbox.ReadFileAsync("given.txt", 100, Ct))!));
        Assert.Equal("given\n", await File.ReadAllTextAsync(Path.Combine(_source, "given.txt"), Ct));
        Assert.False(File.Exists(Path.Combine(_source, "made.txt")));
    }

    [Fact]
    public async Task Files_are_read_from_the_workspace_only()
    {
        await using var sandbox = await CreateAsync();
        await sandbox.PrepareWorkspaceAsync(new WorkspaceSource { Folder = "work" }, Ct);
        Assert.Equal(0, await ExitCodeAsync(sandbox, Shell("e", "mkdir sub; printf 0123456789 > sub/file; ln -s sub/file in; ln -s /etc/hostname out; : > empty")));

        Assert.Equal("0123456789", Encoding.UTF8.GetString((await sandbox.ReadFileAsync("sub/file", 10, Ct))!));
        Assert.Equal("0123456789", Encoding.UTF8.GetString((await sandbox.ReadFileAsync("in", 10, Ct))!));
        Assert.Empty((await sandbox.ReadFileAsync("empty", 10, Ct))!);
        foreach (var path in (string[])["absent", "out", "../../etc/hostname", "/etc/hostname", "sub"])
            Assert.Null(await sandbox.ReadFileAsync(path, 100, Ct));
        await Assert.ThrowsAsync<SandboxException>(async () => await sandbox.ReadFileAsync("sub/file", 9, Ct));
    }

    [Fact]
    public async Task A_program_gets_its_arguments_environment_and_files_as_they_are()
    {
        await using var sandbox = await CreateAsync();
        var spec = new ExecutionSpec
        {
            Id = "e",
            Program = "sh",
            Arguments = ["-c", "echo \"$1\"; echo \"$GIVEN\"; cat ~/.agent/settings.json; cat", "sh", "a b; $(echo no) 'q'"],
            Environment = new Dictionary<string, string> { ["GIVEN"] = "x=y z" },
            Files = [new SandboxFile(".agent/settings.json", "{\"ü\":1}\n")],
            CloseInput = true,
        };
        var execution = await sandbox.StartAsync(spec, Ct);

        var texts = await execution.ReadAsync(0, Ct).OfType<ExecutionLine>().Select(line => line.Text).ToListAsync(Ct);

        Assert.Equal(["a b; $(echo no) 'q'", "x=y z", "{\"ü\":1}"], texts);
    }

    [Fact]
    public async Task What_cannot_be_started_is_refused()
    {
        await using var sandbox = await CreateAsync();

        await Assert.ThrowsAsync<SandboxException>(async () => await sandbox.StartAsync(new ExecutionSpec { Id = "e", Program = "no-such-program" }, Ct));
        Assert.Null(await sandbox.FindExecutionAsync("e", Ct));
    }

    [Fact]
    public async Task Too_much_output_ends_the_program_and_says_so()
    {
        await using var sandbox = await CreateAsync();
        var execution = await sandbox.StartAsync(Shell("e", "while :; do echo xxxxxxxxxxxxxxxx; done") with { MaxOutputBytes = 200_000 }, Ct);

        var end = Assert.IsType<ExecutionExited>(await execution.ReadAsync(0, Ct).LastAsync(Ct));

        Assert.Equal("output_limit", end.Detail);
    }

    /// <summary>A spec of a sandbox that is removed at the end of the test.</summary>
    protected SandboxSpec NewSpec()
    {
        var id = $"{StoreId}-{_made.Count + 1}";
        _made.Add(id);
        return new SandboxSpec { Id = id, StoreId = StoreId, TaskId = _made.Count };
    }

    /// <summary>A new sandbox.</summary>
    protected ValueTask<ISandbox> CreateAsync() => CreateProvider().CreateAsync(NewSpec(), Ct);

    /// <summary>An execution of a shell script.</summary>
    protected static ExecutionSpec Shell(string id, string script) => new() { Id = id, Program = "sh", Arguments = ["-c", script] };

    /// <summary>Runs a program to its end.</summary>
    protected async Task<int> ExitCodeAsync(ISandbox sandbox, ExecutionSpec spec)
    {
        ArgumentNullException.ThrowIfNull(sandbox);
        var execution = await sandbox.StartAsync(spec, Ct);
        return Assert.IsType<ExecutionExited>(await execution.ReadAsync(0, Ct).LastAsync(Ct)).ExitCode;
    }
}
