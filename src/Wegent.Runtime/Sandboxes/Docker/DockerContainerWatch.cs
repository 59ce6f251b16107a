using System.Collections.Concurrent;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;
using Wegent.Runtime.Sandboxes.Executor;
using Wegent.Sandboxes;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes.Docker;

/// <summary>
/// Notices the end of containers, and says why. It looks at the level, not at the event: the engine's event stream only says when
/// to look, and after every break of the stream all watched containers are looked at.
/// </summary>
/// <remarks>While the engine is away nothing is known, so nothing is said: containers may well live on.</remarks>
internal sealed class DockerContainerWatch(DockerEngine engine, TimeProvider clock, ILogger<DockerContainerWatch> logger) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Watched> _watched = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private Task? _loop;

    /// <summary>One container that somebody is interested in.</summary>
    private sealed class Watched
    {
        public int Interested { get; set; }

        public TaskCompletionSource<SandboxException> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Watches a container until the result is disposed; looks at it at once.</summary>
    /// <exception cref="SandboxException">The engine does not answer.</exception>
    public async ValueTask<ISandboxLife> WatchAsync(string containerId, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
        Life life;
        lock (_gate)
        {
            var entry = _watched.GetOrAdd(containerId, _ => new Watched());
            entry.Interested++;
            _loop ??= Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
            life = new Life(this, containerId, entry);
        }

        try
        {
            await ExamineAsync(containerId, cancellationToken).ConfigureAwait(false); // it may have ended before
            return life;
        }
        catch
        {
            life.Dispose();
            throw;
        }
    }

    /// <summary>Looks at a container now.</summary>
    /// <returns>Why it is no longer alive, or null when it is.</returns>
    /// <exception cref="SandboxException">The engine does not answer.</exception>
    public async ValueTask<SandboxException?> ExamineAsync(string containerId, CancellationToken cancellationToken)
    {
        var container = await engine.FindContainerAsync(containerId, cancellationToken).ConfigureAwait(false);
        var reason = Reason(container);
        if (reason is not null && _watched.TryGetValue(containerId, out var entry))
            entry.Ended.TrySetResult(reason);
        return reason;
    }

    /// <summary>Why a container is not alive, or null when it is.</summary>
    public static SandboxException? Reason(ContainerInspectResponse? container)
    {
        if (container is null)
            return new SandboxException(FailureReason.SandboxLost, "The sandbox's container was removed");
        if (container.State is not { } state)
            return new SandboxException(FailureReason.SandboxLost, "The engine does not tell the state of the sandbox's container");
        if (state.Running)
            return null;
        if (state.OOMKilled)
            return new SandboxException(FailureReason.OutOfMemory, $"The sandbox passed its memory limit of {container.HostConfig?.Memory / (1024 * 1024)} MiB and was killed");

        var code = state.ExitCode;
        return new SandboxException(FailureReason.SandboxLost, state.Status switch
        {
            "created" => "The sandbox's container was never started",
            "removing" or "dead" => "The sandbox's container was removed",
            _ when code == 137 => "The sandbox's container was killed (exit code 137)",
            _ when code > 128 => $"The sandbox's container was ended by signal {code - 128}",
            _ => $"The sandbox's container ended with code {code}",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_loop is { } running)
            await running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        var broken = false;
        while (true)
        {
            try
            {
                var ends = await engine.OpenEndsAsync(clock.GetUtcNow() - Overlap, cancellationToken).ConfigureAwait(false);
                if (broken)
                    logger.EventsBack();
                (pause, broken) = (FirstPause, false);

                foreach (var containerId in _watched.Keys) // what ended while nobody told us
                    await ExamineAsync(containerId, cancellationToken).ConfigureAwait(false);
                await foreach (var containerId in ends.ConfigureAwait(false))
                {
                    if (_watched.ContainsKey(containerId))
                        await ExamineAsync(containerId, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) // whatever it is, it must not end the watching
            {
                if (!broken)
                    logger.EventsBroken(error.Message);
                broken = true;
            }

            try
            {
                await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private void Release(string containerId, Watched entry)
    {
        lock (_gate)
        {
            if (--entry.Interested == 0)
                _watched.TryRemove(containerId, out _);
        }
    }

    private sealed class Life(DockerContainerWatch owner, string containerId, Watched entry) : ISandboxLife
    {
        private int disposed;

        public Task<SandboxException> Ended => entry.Ended.Task;

        public ValueTask<SandboxException?> ExamineAsync(CancellationToken cancellationToken) => owner.ExamineAsync(containerId, cancellationToken);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref disposed, 1) == 0)
                owner.Release(containerId, entry);
        }
    }
}
