using Wegent.Sandboxes;

namespace Wegent.Runtime.Sandboxes.Executor;

/// <summary>
/// What a place knows of the life behind a link. A broken link alone says nothing: the sandbox may live on while an engine restarts.
/// The link asks here whether to go on reconnecting, and for the true reason when not.
/// </summary>
internal interface ISandboxLife : IDisposable
{
    /// <summary>Completes, never with an error, when the sandbox has ended; the result says why. Waiting for it beats waiting for a reconnect.</summary>
    Task<SandboxException> Ended { get; }

    /// <summary>Looks now.</summary>
    /// <returns>Why the sandbox is no longer alive, or null when it is.</returns>
    /// <exception cref="SandboxException">The place does not answer, so nothing is known.</exception>
    ValueTask<SandboxException?> ExamineAsync(CancellationToken cancellationToken);
}
