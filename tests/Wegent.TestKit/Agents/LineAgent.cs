using Wegent.Agents;
using Wegent.Sandboxes;
using Wegent.Tasks;

namespace Wegent.TestKit.Agents;

/// <summary>
/// A sandboxed agent for tests whose output lines say what they mean: <c>text WORDS</c>, <c>think WORDS</c>, <c>session ID</c>,
/// <c>progress WORDS</c>, <c>done</c>, <c>fail REASON</c>. Other lines are ignored. What it puts out is the script of a
/// <see cref="Sandboxes.FakeSandboxProvider"/>.
/// </summary>
/// <param name="shellType">The shell type that names it.</param>
public sealed class LineAgent(string shellType = "Lines") : ISandboxAgent
{
    /// <inheritdoc/>
    public string ShellType => shellType;

    /// <summary>How long it may stay silent; null means only the run's deadline counts.</summary>
    public TimeSpan? SilenceLimit { get; init; }

    /// <summary>Sees each request that it is asked to prepare; null sees none.</summary>
    public Action<AgentRequest>? OnPrepare { get; init; }

    /// <inheritdoc/>
    public ExecutionSpec Prepare(AgentRequest request, SandboxPaths paths)
    {
        ArgumentNullException.ThrowIfNull(request);
        OnPrepare?.Invoke(request);
        return new ExecutionSpec { Id = request.ExecutionId, Program = "lines", Arguments = [request.BotName, request.Prompt, request.SessionId ?? ""], InputLines = [request.Prompt] };
    }

    /// <inheritdoc/>
    public IAgentTranslator CreateTranslator(AgentRequest request) => new Translator(SilenceLimit);

    private sealed class Translator(TimeSpan? silenceLimit) : IAgentTranslator
    {
        private bool _ended;

        public TimeSpan? SilenceLimit => silenceLimit;

        public void Translate(ExecutionOutput output, ICollection<AgentEvent> events)
        {
            if (_ended)
                return;

            AgentEvent? translated = output switch
            {
                ExecutionLine line => line.Text.Split(' ', 2) switch
                {
                    ["text", var words] => new AgentText("text", words),
                    ["think", var words] => new AgentThinking("thinking", words),
                    ["session", var id] => new AgentSession(id),
                    ["progress", var words] => new AgentProgress(words),
                    ["done", ..] => new AgentCompleted(null, new TokenUsage(1, 1, 0, 0)),
                    ["fail", var reason] => new AgentFailed(new Failure(Enum.Parse<FailureReason>(reason), "As the script says"), TokenUsage.None),
                    _ => null,
                },
                ExecutionExited exited => new AgentFailed(new Failure(exited.Detail == "stopped" ? FailureReason.Cancelled : FailureReason.AgentCrashed, $"Ended with code {exited.ExitCode}"), TokenUsage.None),
                _ => null,
            };
            _ended = translated is AgentCompleted or AgentFailed;
            if (translated is not null)
                events.Add(translated);
        }
    }
}
