using System.Diagnostics;
using System.Threading.Channels;
using Wegent.Agents;
using Wegent.Sandboxes;

namespace Wegent.Runtime.Tests.Agents.ClaudeCode;

/// <summary>
/// The real program, run as its spec says and as the runtime would: files and environment as given, input kept open until the translator's final event.
/// It stands in for a sandbox, so that the agent alone is under test.
/// </summary>
internal sealed class ClaudeCodeRun : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ExecutionSpec _spec;
    private readonly IAgentTranslator _translator;
    private readonly Channel<ExecutionLine> _lines = Channel.CreateUnbounded<ExecutionLine>();
    private readonly Lock _gate = new();
    private readonly List<AgentEvent> _events = [];
    private readonly List<(Predicate<AgentEvent> Match, TaskCompletionSource Seen)> _waiters = [];
    private readonly Task _reading;

    private ClaudeCodeRun(ExecutionSpec spec, IAgentTranslator translator, SandboxPaths paths, CancellationToken cancellationToken)
    {
        _spec = spec;
        _translator = translator;
        ProcessStartInfo start = new(spec.Program, spec.Arguments)
        {
            WorkingDirectory = spec.WorkingDirectory ?? paths.Workspace,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        start.Environment["HOME"] = paths.Home;
        start.Environment["LANG"] = "C.UTF-8";
        foreach (var (name, value) in spec.Environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _reading = RunAsync(cancellationToken);
    }

    /// <summary>What it did so far.</summary>
    public IReadOnlyList<AgentEvent> Events
    {
        get
        {
            lock (_gate)
                return [.. _events];
        }
    }

    /// <summary>The last event; only when it has ended.</summary>
    public AgentEvent Last => Events[^1];

    /// <summary>Exit code; only when it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    public static async Task<ClaudeCodeRun> StartAsync(ISandboxAgent agent, AgentRequest request, SandboxPaths paths, CancellationToken cancellationToken)
    {
        var spec = agent.Prepare(request, paths);
        foreach (var file in spec.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file.Path)!);
            await File.WriteAllTextAsync(file.Path, file.Content, cancellationToken);
        }

        return new ClaudeCodeRun(spec, agent.CreateTranslator(request), paths, cancellationToken);
    }

    /// <summary>Waits until an event of this kind has come.</summary>
    public Task WaitForAsync(Predicate<AgentEvent> match, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_events.Exists(match))
                return Task.CompletedTask;
            TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((match, seen));
            return seen.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Asks it to stop what it does.</summary>
    public async Task InterruptAsync()
    {
        await _process.StandardInput.WriteAsync(_spec.InterruptLine + "\n");
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Ends it at once, as a lost sandbox would.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Waits until it has ended, and gives all it did.</summary>
    public async Task<IReadOnlyList<AgentEvent>> EndAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        return Events;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var output = ReadAsync(_process.StandardOutput, isError: false, cancellationToken);
        var error = ReadAsync(_process.StandardError, isError: true, cancellationToken);
        _ = Task.WhenAll(output, error).ContinueWith(_ => _lines.Writer.Complete(), TaskScheduler.Default);
        foreach (var line in _spec.InputLines)
            await _process.StandardInput.WriteAsync(line + "\n");
        await _process.StandardInput.FlushAsync(cancellationToken);

        var number = 0L;
        await foreach (var line in _lines.Reader.ReadAllAsync(cancellationToken))
            Take(line with { Number = number++ });
        await _process.WaitForExitAsync(cancellationToken);
        Take(new ExecutionExited(number, _process.ExitCode));
    }

    private async Task ReadAsync(StreamReader reader, bool isError, CancellationToken cancellationToken)
    {
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
            _lines.Writer.TryWrite(new ExecutionLine(0, isError, line));
    }

    private void Take(ExecutionOutput output)
    {
        lock (_gate)
        {
            var before = _events.Count;
            _translator.Translate(output, _events);
            foreach (var added in _events.Skip(before))
            {
                foreach (var (match, seen) in _waiters)
                {
                    if (match(added))
                        seen.TrySetResult();
                }

                if (added is AgentCompleted or AgentFailed)
                    _process.StandardInput.Close();
            }
        }
    }
}
