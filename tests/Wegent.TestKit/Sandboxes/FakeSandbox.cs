using System.Collections.Concurrent;
using System.Text;
using Wegent.Sandboxes;
using Wegent.Tasks;

namespace Wegent.TestKit.Sandboxes;

/// <summary>A sandbox of a <see cref="FakeSandboxProvider"/>. It lives until it is removed or a test lets it die.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A token source without a timer holds nothing to dispose of.")]
public sealed class FakeSandbox
{
    private readonly FakeSandboxProvider provider;
    private readonly CancellationTokenSource dead = new();
    private SandboxException? cause;

    internal FakeSandbox(FakeSandboxProvider provider, SandboxSpec spec)
    {
        this.provider = provider;
        Spec = spec;
        CreatedAt = provider.Clock.GetUtcNow();
        Paths = new SandboxPaths("/workspace", "/home/agent");
    }

    /// <summary>What it was created from.</summary>
    public SandboxSpec Spec { get; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>Whether it can be talked to.</summary>
    public bool Running => !dead.IsCancellationRequested;

    /// <summary>The workspace it was last prepared with, or null.</summary>
    public WorkspaceSource? Workspace { get; private set; }

    /// <summary>The workspace's files: path relative to the working folder, text.</summary>
    public ConcurrentDictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Its executions by id.</summary>
    public ConcurrentDictionary<string, FakeExecution> Executions { get; } = new(StringComparer.Ordinal);

    internal CancellationToken Dead => dead.Token;

    internal SandboxPaths Paths { get; private set; }

    /// <summary>Lets it die: everybody who reads or asks gets a <see cref="SandboxException"/>. It stays listed until it is removed.</summary>
    public void Die(FailureReason reason = FailureReason.SandboxLost)
    {
        Interlocked.CompareExchange(ref cause, new SandboxException(reason, $"the sandbox {Spec.Id} is gone"), null);
        dead.Cancel();
    }

    /// <summary>A connection to it, as the port gives it out.</summary>
    internal ISandbox Connect() => new Link(this);

    internal async Task AliveAsync(Task wait, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Dead);
        try
        {
            await wait.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && Dead.IsCancellationRequested)
        {
            ThrowIfDead();
        }
    }

    private void ThrowIfDead()
    {
        if (Dead.IsCancellationRequested)
            throw new SandboxException(cause!.Reason, cause.Message); // set before the token is cancelled
    }

    private SandboxPaths Prepare(WorkspaceSource workspace)
    {
        ThrowIfDead();
        if (provider.FailPrepare?.Invoke(workspace) is { } failure)
            throw failure;
        Workspace = workspace;
        return Paths = Paths with { Workspace = $"/workspace/{workspace.Folder}" };
    }

    private FakeExecution Start(ExecutionSpec spec)
    {
        ThrowIfDead();
        if (provider.FailStart?.Invoke(spec) is { } failure)
            throw failure;
        var script = provider.Script(Spec, spec);
        var mine = new FakeExecution(this, spec, provider.Clock);
        var kept = Executions.GetOrAdd(spec.Id, mine);
        if (kept == mine)
            _ = mine.PlayAsync(script); // its errors are the test's own, and show as output that never comes
        return kept;
    }

    private sealed class Link(FakeSandbox sandbox) : ISandbox
    {
        public string Id => sandbox.Spec.Id;

        public SandboxPaths Paths => sandbox.Paths;

        public ValueTask<SandboxPaths> PrepareWorkspaceAsync(WorkspaceSource workspace, CancellationToken cancellationToken) =>
            new(sandbox.Prepare(workspace));

        public ValueTask<IExecution> StartAsync(ExecutionSpec spec, CancellationToken cancellationToken) =>
            new(new ExecutionLink(sandbox.Start(spec)));

        public ValueTask<IExecution?> FindExecutionAsync(string executionId, CancellationToken cancellationToken)
        {
            sandbox.ThrowIfDead();
            return new(sandbox.Executions.TryGetValue(executionId, out var execution) ? new ExecutionLink(execution) : null);
        }

        public ValueTask<byte[]?> ReadFileAsync(string path, long maxBytes, CancellationToken cancellationToken)
        {
            sandbox.ThrowIfDead();
            var content = sandbox.Files.TryGetValue(path, out var text) ? Encoding.UTF8.GetBytes(text) : null;
            return content is null || content.Length <= maxBytes
                ? new(content)
                : throw new SandboxException(FailureReason.BadRequest, $"{path} is longer than {maxBytes} bytes");
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class ExecutionLink(FakeExecution execution) : IExecution
    {
        public string Id => execution.Spec.Id;

        public IAsyncEnumerable<ExecutionOutput> ReadAsync(long fromLine, CancellationToken cancellationToken) =>
            execution.ReadAsync(fromLine, cancellationToken);

        public ValueTask WriteLineAsync(string inputId, string line, CancellationToken cancellationToken)
        {
            execution.Sandbox.ThrowIfDead();
            execution.Write(inputId, line);
            return ValueTask.CompletedTask;
        }

        public ValueTask CloseInputAsync(CancellationToken cancellationToken)
        {
            execution.Sandbox.ThrowIfDead();
            execution.CloseInput();
            return ValueTask.CompletedTask;
        }

        public async ValueTask StopAsync(TimeSpan interruptGrace, TimeSpan terminateGrace, CancellationToken cancellationToken)
        {
            execution.Stop();
            await execution.WaitForEndAsync(cancellationToken);
        }
    }
}
