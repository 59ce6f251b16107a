using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Wegent.Sandboxes;

namespace Wegent.TestKit.Sandboxes;

/// <summary>
/// A place that exists only in memory: each execution plays a script, and tests let sandboxes fail, die and hang at will.
/// </summary>
/// <remarks>
/// Its sandboxes outlive the host that made them: to test a restart, give the same provider to a second host. Ids are unique over
/// all stores here.
/// </remarks>
/// <param name="clock">What <see cref="FakeScript.Wait"/> goes by; null is the system's.</param>
public sealed class FakeSandboxProvider(TimeProvider? clock = null) : ISandboxProvider
{
    private readonly ConcurrentDictionary<string, FakeSandbox> sandboxes = new(StringComparer.Ordinal);
    private readonly Lock counting = new();
    private int created;
    private int peak;

    /// <inheritdoc/>
    public string Name => "fake";

    /// <summary>Chooses the script of an execution. By default it exits with code 0 and writes nothing.</summary>
    public Func<SandboxSpec, ExecutionSpec, FakeScript> Script { get; set; } = (_, _) => new FakeScript();

    /// <summary>Makes the error of a creation, or null to let it succeed.</summary>
    public Func<SandboxSpec, SandboxException?>? FailCreate { get; set; }

    /// <summary>Makes the error of a workspace, or null to let it succeed.</summary>
    public Func<WorkspaceSource, SandboxException?>? FailPrepare { get; set; }

    /// <summary>Makes the error of a start, or null to let it succeed.</summary>
    public Func<ExecutionSpec, SandboxException?>? FailStart { get; set; }

    /// <summary>Makes the error of a listing or a removal, as an engine that is down would, or null.</summary>
    public Func<SandboxException?>? FailPlace { get; set; }

    /// <summary>Holds creations back until the task completes; null holds nothing.</summary>
    public Task? CreateGate { get; set; }

    /// <summary>All sandboxes that were not removed, dead ones included.</summary>
    public IReadOnlyCollection<FakeSandbox> Sandboxes => [.. sandboxes.Values.OrderBy(sandbox => sandbox.CreatedAt)];

    /// <summary>How many were created in all.</summary>
    public int Created => Volatile.Read(ref created);

    /// <summary>The most that existed at one time.</summary>
    public int Peak => Volatile.Read(ref peak);

    internal TimeProvider Clock { get; } = clock ?? TimeProvider.System;

    /// <summary>A sandbox by id, or null.</summary>
    public FakeSandbox? Find(string sandboxId) => sandboxes.GetValueOrDefault(sandboxId);

    /// <inheritdoc/>
    public async ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (CreateGate is { } gate)
            await gate.WaitAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (FailCreate?.Invoke(spec) is { } failure)
            throw failure;
        lock (counting)
        {
            if (!sandboxes.TryGetValue(spec.Id, out var sandbox))
            {
                sandboxes[spec.Id] = sandbox = new FakeSandbox(this, spec);
                created++;
                peak = Math.Max(peak, sandboxes.Count);
            }

            return sandbox.Connect();
        }
    }

    /// <inheritdoc/>
    public ValueTask<ISandbox?> FindAsync(string storeId, string sandboxId, CancellationToken cancellationToken) =>
        new(sandboxes.TryGetValue(sandboxId, out var sandbox) && sandbox.Running && sandbox.Spec.StoreId == storeId
            ? sandbox.Connect()
            : null);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SandboxInfo> ListAsync(string storeId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        ThrowIfDown();
        foreach (var sandbox in Sandboxes.Where(sandbox => sandbox.Spec.StoreId == storeId))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new SandboxInfo(sandbox.Spec.Id, sandbox.Spec.TaskId, sandbox.Running, sandbox.CreatedAt);
        }
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(string storeId, string sandboxId, CancellationToken cancellationToken)
    {
        ThrowIfDown();
        lock (counting)
        {
            if (sandboxes.TryGetValue(sandboxId, out var sandbox) && sandbox.Spec.StoreId == storeId)
            {
                sandboxes.TryRemove(sandboxId, out _);
                sandbox.Die();
            }
        }

        return ValueTask.CompletedTask;
    }

    private void ThrowIfDown()
    {
        if (FailPlace?.Invoke() is { } failure)
            throw failure;
    }
}
