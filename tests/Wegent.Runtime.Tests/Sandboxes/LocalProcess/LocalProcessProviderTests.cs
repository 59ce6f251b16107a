using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Wegent.Runtime.Sandboxes.LocalProcess;
using Wegent.Sandboxes;
using Wegent.Tasks;
using Wegent.TestKit.Sandboxes;

namespace Wegent.Runtime.Tests.Sandboxes.LocalProcess;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class LocalProcessProviderTests : SandboxProviderContract
{
    private readonly LocalPlace _place = new();

    protected override ISandboxProvider CreateProvider() => _place.CreateProvider();

    protected override Task AssertNothingIsLeftAsync(string sandboxId) => _place.AssertNothingIsLeftAsync(sandboxId);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _place.Dispose();
    }

    [Fact]
    public async Task It_says_once_that_it_is_no_sandbox()
    {
        var log = new List<string>();
        using var factory = LoggerFactory.Create(builder => builder.AddProvider(new ListLoggerProvider(log)));
        var provider = _place.CreateProvider(factory.CreateLogger<LocalProcessProvider>());

        await (await provider.CreateAsync(NewSpec(), Ct)).DisposeAsync();
        await (await provider.CreateAsync(NewSpec(), Ct)).DisposeAsync();

        Assert.Single(log, line => line.Contains("This is no sandbox", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Its_folder_is_for_its_owner_and_holds_no_secret()
    {
        var spec = NewSpec();
        await using var sandbox = await CreateProvider().CreateAsync(spec, Ct);
        var folder = _place.FolderOf(spec.Id);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        var record = await File.ReadAllTextAsync(Path.Combine(folder, "sandbox.json"), Ct);
        Assert.DoesNotContain("secret", record, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_executor_that_is_killed_is_noticed_at_once_and_cleared_away()
    {
        var provider = CreateProvider();
        var spec = NewSpec();
        await using var sandbox = await provider.CreateAsync(spec, Ct);
        var execution = await sandbox.StartAsync(Shell("e", "echo up; while :; do sleep 0.05; done"), Ct);
        await execution.ReadAsync(0, Ct).FirstAsync(Ct);
        var reading = execution.ReadAsync(1, Ct).ToListAsync(Ct).AsTask();
        var record = LocalSandboxRecord.Read(Path.Combine(_place.FolderOf(spec.Id), "sandbox.json"))!;

        var since = Stopwatch.StartNew();
        record.Executor!.Kill();
        var error = await Assert.ThrowsAsync<SandboxException>(() => reading);

        Assert.InRange(since.ElapsedMilliseconds, 0, 2000);
        Assert.Equal(FailureReason.SandboxLost, error.Reason);
        Assert.Contains("was killed", error.Message, StringComparison.Ordinal);
        Assert.False((await provider.ListAsync(StoreId, Ct).SingleAsync(Ct)).Running);
        Assert.Null(await provider.FindAsync(StoreId, spec.Id, Ct));
        await provider.RemoveAsync(StoreId, spec.Id, Ct);
        await AssertNothingIsLeftAsync(spec.Id);
    }

    [Fact]
    public async Task A_dead_sandbox_of_the_same_name_gives_way_to_a_new_one()
    {
        var provider = CreateProvider();
        var spec = NewSpec();
        await using (var first = await provider.CreateAsync(spec, Ct))
            Assert.Equal(0, await ExitCodeAsync(first, Shell("e", "touch old")));
        LocalSandboxRecord.Read(Path.Combine(_place.FolderOf(spec.Id), "sandbox.json"))!.Executor!.Kill();

        await using var second = await provider.CreateAsync(spec, Ct);

        Assert.Null(await second.FindExecutionAsync("e", Ct));
        Assert.Equal(1, await ExitCodeAsync(second, Shell("e", "test -e old")));
    }

    [Fact]
    public async Task A_host_that_died_between_start_and_record_leaves_nothing_for_ever()
    {
        var provider = CreateProvider();
        var spec = NewSpec();
        await (await provider.CreateAsync(spec, Ct)).DisposeAsync();
        var path = Path.Combine(_place.FolderOf(spec.Id), "sandbox.json");
        (LocalSandboxRecord.Read(path)! with { Executor = null }).Write(path);

        Assert.False((await provider.ListAsync(StoreId, Ct).SingleAsync(Ct)).Running);
        await provider.RemoveAsync(StoreId, spec.Id, Ct);

        await AssertNothingIsLeftAsync(spec.Id);
    }

    [Fact]
    public async Task A_data_directory_too_deep_for_a_socket_still_works()
    {
        using var deep = new LocalPlace();
        var provider = new LocalProcessProvider(
            Microsoft.Extensions.Options.Options.Create(deep.Options),
            Microsoft.Extensions.Options.Options.Create(new WegentOptions { DataDirectory = Path.Combine(deep.DataDirectory, new string('d', 120)) }),
            new FixedSecrets(),
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<LocalProcessProvider>.Instance);
        var spec = NewSpec();

        await using (var sandbox = await provider.CreateAsync(spec, Ct))
            Assert.Equal(0, await ExitCodeAsync(sandbox, Shell("e", "true")));
        await provider.RemoveAsync(StoreId, spec.Id, Ct);

        var folder = new LocalSandboxFolder(Path.Combine(deep.DataDirectory, new string('d', 120), "sandboxes"), spec.Id);
        Assert.False(Directory.Exists(Path.GetDirectoryName(folder.Socket)));
        Assert.False(Directory.Exists(folder.Root));
    }

    [Fact]
    public async Task Nothing_of_the_hosts_environment_reaches_an_agent()
    {
        Environment.SetEnvironmentVariable("WEGENT_TEST_CANARY", "do not tell");
        await using var sandbox = await CreateAsync();
        var execution = await sandbox.StartAsync(Shell("e", "env; cat /proc/$PPID/environ | tr '\\0' '\\n'"), Ct);

        var lines = await execution.ReadAsync(0, Ct).OfType<ExecutionLine>().Select(line => line.Text).ToListAsync(Ct);

        Assert.DoesNotContain(lines, line => line.Contains("do not tell", StringComparison.Ordinal));
        Assert.Contains(lines, line => line == "LANG=C.UTF-8");
    }

    [Fact]
    public async Task An_executor_that_is_not_there_is_said_before_and_at_the_start()
    {
        _place.Options.ExecutorPath = "/no/such/executor";
        var provider = CreateProvider();

        var problem = await provider.ProbeAsync(null, Ct);
        var error = await Assert.ThrowsAsync<SandboxException>(async () => await provider.CreateAsync(NewSpec(), Ct));

        Assert.Equal(problem?.Message, error.Message);
        Assert.Contains("/no/such/executor", error.Message, StringComparison.Ordinal);
        Assert.Empty(await provider.ListAsync(StoreId, Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task An_executor_that_ends_at_once_is_reported_with_its_words_and_leaves_nothing()
    {
        _place.Options.ExecutorPath = "/bin/false";
        var spec = NewSpec();

        var error = await Assert.ThrowsAsync<SandboxException>(async () => await CreateProvider().CreateAsync(spec, Ct));

        Assert.Equal(FailureReason.SandboxStartFailed, error.Reason);
        Assert.Contains("exit code 1", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_place.FolderOf(spec.Id)));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("ab")]
    [InlineData("")]
    public async Task What_is_no_identifier_never_becomes_a_path(string id) =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await CreateProvider().RemoveAsync(StoreId, id, Ct));

    private sealed class FixedSecrets : ISandboxSecrets
    {
        public string For(string sandboxId) => "fixed";
    }

    private sealed class ListLoggerProvider(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines)
                lines.Add(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
