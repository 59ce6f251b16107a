using Wegent.Sandboxes;

namespace Wegent.Agents;

/// <summary>A kind of agent that a shell can name. Implement <see cref="ISandboxAgent"/> or <see cref="IHostedAgent"/>.</summary>
public interface IAgent
{
    /// <summary>The value of <c>shellType</c> that names it, such as <c>ClaudeCode</c>. Compared without regard to case.</summary>
    string ShellType { get; }
}

/// <summary>An agent that is a program in a sandbox. It only translates: a request into a program to run, and its output lines into events.</summary>
public interface ISandboxAgent : IAgent
{
    /// <summary>The program to run for a request. Pure: the same request gives the same program.</summary>
    ExecutionSpec Prepare(AgentRequest request, SandboxPaths paths);

    /// <summary>A translator for one run of that program.</summary>
    IAgentTranslator CreateTranslator(AgentRequest request);
}

/// <summary>Turns the output of one run into events. Deterministic: the same lines give the same events, so a run can be replayed from its journal.</summary>
public interface IAgentTranslator
{
    /// <summary>Reads the next output, in order, and appends what it means to <paramref name="events"/>. Unknown output is ignored, never an error.</summary>
    /// <remarks>Appends exactly one final event (<see cref="AgentCompleted"/> or <see cref="AgentFailed"/>) in its life, at <see cref="ExecutionExited"/> at the latest.</remarks>
    void Translate(ExecutionOutput output, ICollection<AgentEvent> events);

    /// <summary>How long the program may stay silent in its present state before it counts as hung; null means only the run's deadline counts (a tool is at work, say).</summary>
    TimeSpan? SilenceLimit { get; }
}

/// <summary>An agent that needs no sandbox: it runs in the host's process, or calls a service.</summary>
/// <remarks>After a crash of the host it can only be run again; that is announced to viewers as a new attempt.</remarks>
public interface IHostedAgent : IAgent
{
    /// <summary>Runs the request. Ends with exactly one <see cref="AgentCompleted"/> or <see cref="AgentFailed"/>; an exception counts as a crash.</summary>
    IAsyncEnumerable<AgentEvent> RunAsync(AgentRequest request, CancellationToken cancellationToken);
}
