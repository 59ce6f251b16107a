using System.Text.Json;

namespace Wegent.TestKit.Models;

/// <summary>The pieces in which a block is streamed.</summary>
internal static class ModelPieces
{
    /// <summary>Words with the space after them; a tool's arguments in parts of 40 characters.</summary>
    public static List<string> Of(FakeModelBlock block) => block switch
    {
        FakeText text => Words(text.Text),
        FakeThinking thinking => Words(thinking.Text),
        FakeToolUse tool => [.. JsonSerializer.Serialize(tool.Input).Chunk(40).Select(part => new string(part))],
        _ => throw new ArgumentOutOfRangeException(nameof(block)),
    };

    private static List<string> Words(string text)
    {
        List<string> words = [];
        for (var start = 0; start < text.Length;)
        {
            var space = text.IndexOf(' ', start);
            var end = space < 0 ? text.Length : space + 1;
            words.Add(text[start..end]);
            start = end;
        }

        return words;
    }
}
