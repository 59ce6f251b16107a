using Wegent.Runtime.Sandboxes.Executor;
using Wegent.Sandboxes;

namespace Wegent.Runtime.Tests.Sandboxes.Executor;

/// <summary>A life that a test ends.</summary>
internal sealed class FakeLife : ISandboxLife
{
    private readonly TaskCompletionSource<SandboxException> _ended = new();

    public Task<SandboxException> Ended => _ended.Task;

    /// <summary>What a look finds; null is alive.</summary>
    public Func<SandboxException?> Look { get; set; } = () => null;

    public bool Disposed { get; private set; }

    public void End(SandboxException cause) => _ended.SetResult(cause);

    public ValueTask<SandboxException?> ExamineAsync(CancellationToken cancellationToken) => new(Look());

    public void Dispose() => Disposed = true;
}
