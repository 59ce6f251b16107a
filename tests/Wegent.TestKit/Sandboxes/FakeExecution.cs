using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Wegent.Sandboxes;

namespace Wegent.TestKit.Sandboxes;

/// <summary>An execution of a <see cref="FakeSandbox"/>: plays a <see cref="FakeScript"/> and keeps what it wrote.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A token source without a timer holds nothing to dispose of.")]
public sealed class FakeExecution
{
    private readonly Lock gate = new();
    private readonly List<ExecutionOutput> journal = [];
    private readonly ConcurrentDictionary<string, string> inputs = new(StringComparer.Ordinal);
    private readonly Channel<string> input = Channel.CreateBounded<string>(1024);
    private readonly CancellationTokenSource stopped = new();
    private TaskCompletionSource changed = NewSignal();

    internal FakeExecution(FakeSandbox sandbox, ExecutionSpec spec, TimeProvider clock)
    {
        Sandbox = sandbox;
        Spec = spec;
        Clock = clock;
        for (var i = 0; i < spec.InputLines.Count; i++)
            Write($"start-{i}", spec.InputLines[i]);
        if (spec.CloseInput)
            input.Writer.TryComplete();
    }

    /// <summary>The sandbox it runs in.</summary>
    public FakeSandbox Sandbox { get; }

    /// <summary>What it was started with.</summary>
    public ExecutionSpec Spec { get; }

    /// <summary>Whether it has ended by itself or was stopped.</summary>
    public bool Ended
    {
        get
        {
            lock (gate)
                return journal is [.., ExecutionExited];
        }
    }

    /// <summary>Whether somebody asked it to stop.</summary>
    public bool StopRequested => stopped.IsCancellationRequested;

    /// <summary>The lines written to its standard input, in order.</summary>
    public ConcurrentQueue<string> Received { get; } = new();

    internal TimeProvider Clock { get; }

    /// <summary>Writes a line of output; without effect after its end.</summary>
    public void Emit(string text, bool isError) => Append(number => new ExecutionLine(number, isError, text));

    /// <summary>Ends it; without effect after its end.</summary>
    public void End(int code, string? detail = null) => Append(number => new ExecutionExited(number, code, detail));

    internal async Task PlayAsync(FakeScript script)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopped.Token, Sandbox.Dead);
        try
        {
            foreach (var step in script.Steps)
            {
                if (Ended)
                    return;
                await step(this, over.Token);
                over.Token.ThrowIfCancellationRequested();
            }

            End(0);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            if (!Sandbox.Dead.IsCancellationRequested)
                End(143, "stopped");
        }
    }

    internal void Stop() => stopped.Cancel();

    internal void Write(string id, string line)
    {
        if (!inputs.TryAdd(id, line))
            return;
        Received.Enqueue(line);
        input.Writer.TryWrite(line);
    }

    internal void CloseInput() => input.Writer.TryComplete();

    internal async Task<string?> NextInputAsync(CancellationToken cancellationToken) =>
        await input.Reader.WaitToReadAsync(cancellationToken) && input.Reader.TryRead(out var line) ? line : null;

    internal async IAsyncEnumerable<ExecutionOutput> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = from; ; next++)
        {
            var output = await GetAsync(next, cancellationToken);
            yield return output;
            if (output is ExecutionExited)
                yield break;
        }
    }

    internal async Task WaitForEndAsync(CancellationToken cancellationToken)
    {
        while (!Ended)
        {
            Task wait;
            lock (gate)
                wait = journal is [.., ExecutionExited] ? Task.CompletedTask : changed.Task;
            await Sandbox.AliveAsync(wait, cancellationToken);
        }
    }

    private async Task<ExecutionOutput> GetAsync(long number, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (number < journal.Count)
                    return journal[(int)number];
                // Somebody who asks beyond the end gets the end, as from the executor.
                if (journal is [.., ExecutionExited end])
                    return end;
                wait = changed.Task;
            }

            await Sandbox.AliveAsync(wait, cancellationToken);
        }
    }

    private void Append(Func<long, ExecutionOutput> make)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            if (journal is [.., ExecutionExited])
                return;
            journal.Add(make(journal.Count));
            signal = changed;
            changed = NewSignal();
        }

        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
