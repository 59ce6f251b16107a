using System.Text.Json;

namespace Wegent.Runtime.Agents.Demo;

/// <summary>A step of what the demo agent plays. A closed set.</summary>
internal abstract record DemoStep
{
    private protected DemoStep()
    {
    }
}

/// <summary>Says a text, word by word.</summary>
internal sealed record DemoText(string Text) : DemoStep;

/// <summary>Thinks aloud, word by word.</summary>
internal sealed record DemoThought(string Text) : DemoStep;

/// <summary>Uses a tool; <paramref name="Run"/> does its work and gives its output.</summary>
internal sealed record DemoTool(string Name, JsonElement Input, Func<DemoToolResult> Run) : DemoStep;

/// <summary>Ends in failure, because the prompt asked for it.</summary>
internal sealed record DemoFailure : DemoStep;

/// <summary>What a tool gave back.</summary>
/// <param name="Output">In words.</param>
/// <param name="IsError">Whether it failed.</param>
internal sealed record DemoToolResult(string Output, bool IsError = false);
