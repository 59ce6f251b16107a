using Microsoft.Extensions.Options;
using Wegent.Agents;
using Wegent.Runtime.Agents.ClaudeCode;
using Wegent.Sandboxes;
using Wegent.TestKit.Agents;

namespace Wegent.Runtime.Tests.Agents.ClaudeCode;

public sealed class ClaudeCodeContractTests : SandboxAgentContract
{
    protected override ISandboxAgent CreateAgent() => new ClaudeCodeAgent(Options.Create(new ClaudeCodeOptions()));

    /// <summary>The recorded runs, in which a secret is planted wherever the model, a tool or the program speaks.</summary>
    protected override IEnumerable<IReadOnlyList<ExecutionOutput>> RecordedRuns() => Transcript.Names.Select(name => Plant(Transcript.Read(name)));

    private static ExecutionOutput[] Plant(IReadOnlyList<ExecutionOutput> run) =>
    [
        .. run.Select(output => output is ExecutionLine line
            ? line with { Text = line.Text.Replace("fake", Canary, StringComparison.Ordinal).Replace("hello", Canary, StringComparison.Ordinal).Replace("Error:", $"Error: {Canary}", StringComparison.Ordinal) }
            : output),
    ];
}
