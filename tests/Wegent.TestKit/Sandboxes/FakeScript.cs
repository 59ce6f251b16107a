namespace Wegent.TestKit.Sandboxes;

/// <summary>What a fake execution does, step by step. Each method adds a step and returns the script.</summary>
/// <remarks>A script that runs out of steps exits with code 0. A script may serve many executions; it holds no state.</remarks>
public sealed class FakeScript
{
    private readonly List<Func<FakeExecution, CancellationToken, Task>> steps = [];

    internal IReadOnlyList<Func<FakeExecution, CancellationToken, Task>> Steps => steps;

    /// <summary>A script that writes these lines to standard output and exits with code 0.</summary>
    public static FakeScript Of(params IEnumerable<string> lines) => new FakeScript().Lines(lines);

    /// <summary>Writes a line to standard output.</summary>
    public FakeScript Line(string text) => Do(execution => execution.Emit(text, isError: false));

    /// <summary>Writes lines to standard output.</summary>
    public FakeScript Lines(params IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        foreach (var line in lines)
            Line(line);
        return this;
    }

    /// <summary>Writes a line to standard error.</summary>
    public FakeScript ErrorLine(string text) => Do(execution => execution.Emit(text, isError: true));

    /// <summary>Lets time pass, by the provider's clock.</summary>
    public FakeScript Wait(TimeSpan time) => Step((execution, stopped) => Task.Delay(time, execution.Clock, stopped));

    /// <summary>Goes on when a test completes the task.</summary>
    public FakeScript Until(Task signal) => Step((_, stopped) => signal.WaitAsync(stopped));

    /// <summary>Waits for the next line on standard input, and writes the lines that <paramref name="answer"/> makes of it.</summary>
    public FakeScript Answer(Func<string, IEnumerable<string>> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return Step(async (execution, stopped) =>
        {
            if (await execution.NextInputAsync(stopped) is not { } line)
                return;
            foreach (var reply in answer(line))
                execution.Emit(reply, isError: false);
        });
    }

    /// <summary>Answers every line on standard input until it is closed.</summary>
    public FakeScript AnswerAll(Func<string, IEnumerable<string>> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return Step(async (execution, stopped) =>
        {
            while (await execution.NextInputAsync(stopped) is { } line)
            {
                foreach (var reply in answer(line))
                    execution.Emit(reply, isError: false);
            }
        });
    }

    /// <summary>Writes a file into the workspace.</summary>
    public FakeScript WriteFile(string path, string content) => Do(execution => execution.Sandbox.Files[path] = content);

    /// <summary>Does nothing any more, until it is stopped or its sandbox dies.</summary>
    public FakeScript Hang() => Step((_, stopped) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopped));

    /// <summary>Ends with this code; steps after it are not reached.</summary>
    public FakeScript Exit(int code, string? detail = null) => Do(execution => execution.End(code, detail));

    /// <summary>The whole sandbox dies; readers get a <see cref="Wegent.Sandboxes.SandboxException"/> of this reason.</summary>
    public FakeScript Die(Wegent.Tasks.FailureReason reason = Wegent.Tasks.FailureReason.SandboxLost) =>
        Do(execution => execution.Sandbox.Die(reason));

    /// <summary>Runs code of the test.</summary>
    public FakeScript Do(Action<FakeExecution> action) => Step((execution, _) =>
    {
        action(execution);
        return Task.CompletedTask;
    });

    private FakeScript Step(Func<FakeExecution, CancellationToken, Task> step)
    {
        steps.Add(step);
        return this;
    }
}
