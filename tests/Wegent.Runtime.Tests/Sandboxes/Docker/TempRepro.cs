using Wegent.Runtime.Sandboxes.Executor;
using Wegent.Sandboxes;
namespace Wegent.Runtime.Tests.Sandboxes.Docker;
public sealed class TempRepro
{
    private sealed class Life : ISandboxLife
    {
        public Task<SandboxException> Ended { get; } = new TaskCompletionSource<SandboxException>().Task;
        public ValueTask<SandboxException?> ExamineAsync(CancellationToken cancellationToken) => new((SandboxException?)null);
        public void Dispose() { }
    }
    [Fact]
    public async Task Repro()
    {
        var ct = TestContext.Current.CancellationToken;
        var c = await ExecutorConnection.OpenAsync(ExecutorEndpoint.Tcp(new Uri("http://127.0.0.1:10090")), "secret", new Life(), TimeSpan.FromMinutes(1), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, ct);
        await using var s = new ExecutorSandbox("x", c, new ExecutorSandboxSettings());
        await s.PrepareWorkspaceAsync(new WorkspaceSpec { Folder = "work" }, ct).AsTask().WaitAsync(TimeSpan.FromSeconds(15), ct);
        for (var i = 0; i < 30; i++)
        {
            var e = await s.StartAsync(new ExecutionSpec { Id = $"e{i}", Program = "sh", Arguments = ["-c", "git status > /dev/null; true"] }, ct);
            await e.ReadAsync(0, ct).LastAsync(ct).AsTask().WaitAsync(TimeSpan.FromSeconds(15), ct);
        }
    }
}
