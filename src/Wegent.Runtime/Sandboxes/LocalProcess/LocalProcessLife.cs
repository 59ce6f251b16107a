using Wegent.Runtime.Sandboxes.Executor;
using Wegent.Sandboxes;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes.LocalProcess;

/// <summary>The life of an executor that is a process of this machine. Its end breaks the link at once, and that makes us look.</summary>
/// <param name="executor">The process.</param>
/// <param name="log">The file it writes its last words to.</param>
internal sealed class LocalProcessLife(LocalProcessIdentity executor, string log) : ISandboxLife
{
    private readonly TaskCompletionSource<SandboxException> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public Task<SandboxException> Ended => ended.Task;

    /// <inheritdoc/>
    public ValueTask<SandboxException?> ExamineAsync(CancellationToken cancellationToken)
    {
        if (executor.IsAlive)
            return new((SandboxException?)null);
        var words = LocalExecutorLog.LastLine(log);
        ended.TrySetResult(new SandboxException(
            FailureReason.SandboxLost,
            words is null ? $"the executor's process {executor.Pid} was killed" : $"the executor's process {executor.Pid} is gone; its last words: {words}"));
        return new(ended.Task.Result);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }
}
