using System.Text.Json;

namespace Wegent.TestKit.Models;

/// <summary>A piece of a scripted answer. A closed set.</summary>
public abstract record FakeModelBlock
{
    private protected FakeModelBlock()
    {
    }
}

/// <summary>Text of the answer, streamed word by word.</summary>
/// <param name="Text">The whole text.</param>
public sealed record FakeText(string Text) : FakeModelBlock;

/// <summary>Reasoning, streamed word by word.</summary>
/// <param name="Text">The whole text.</param>
public sealed record FakeThinking(string Text) : FakeModelBlock;

/// <summary>A tool call. Several in one turn are parallel calls.</summary>
/// <param name="Id">Identifier of the call.</param>
/// <param name="Name">The tool, such as <c>Write</c> or <c>Bash</c>.</param>
/// <param name="Input">Its arguments, an object.</param>
public sealed record FakeToolUse(string Id, string Name, JsonElement Input) : FakeModelBlock;
