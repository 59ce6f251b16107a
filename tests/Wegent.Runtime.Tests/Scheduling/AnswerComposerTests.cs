using Wegent.Agents;
using Wegent.Events;
using Wegent.Runtime.Scheduling;
using Wegent.Tasks;

namespace Wegent.Runtime.Tests.Scheduling;

public sealed class AnswerComposerTests
{
    private readonly AnswerComposer _composer = new(subtaskId: 9);

    [Fact]
    public void Pieces_of_one_block_that_wait_together_become_one_chunk()
    {
        _composer.Add(new AgentText("t", "Hel"));
        _composer.Add(new AgentText("t", "lo"));

        Assert.Equal([new ChatChunk { SubtaskId = 9, BlockId = "t", Kind = BlockKind.Text, Content = "Hello", Offset = 0 }], _composer.TakePending());
    }

    [Fact]
    public void An_offset_counts_what_the_block_held_before()
    {
        _composer.Add(new AgentText("t", "Hello"));
        _composer.TakePending();
        _composer.Add(new AgentText("t", ", world"));

        Assert.Equal(5, Assert.IsType<ChatChunk>(Assert.Single(_composer.TakePending())).Offset);
        Assert.Equal("Hello, world", _composer.ToResult(null, TokenUsage.None).Value);
    }

    [Fact]
    public void Blocks_keep_the_order_in_which_they_began()
    {
        _composer.Add(new AgentThinking("a", "hm"));
        _composer.Add(new AgentText("b", "one"));
        _composer.Add(new AgentToolStarted("c", "Bash", null));
        _composer.Add(new AgentText("d", "two"));
        _composer.Add(new AgentThinking("a", "m"));

        var result = _composer.ToResult(null, TokenUsage.None);

        Assert.Equal(["a", "b", "c", "d"], result.Blocks.Select(block => block.Id));
        Assert.Equal("one\n\ntwo", result.Value);
        Assert.Equal(6, _composer.TextLength);
    }

    [Fact]
    public void A_replaced_block_says_so_and_starts_again_at_zero()
    {
        _composer.Add(new AgentText("t", "wrong"));
        _composer.TakePending();
        _composer.Add(new AgentBlockReplaced("t", "right"));
        _composer.Add(new AgentText("t", "!"));

        var chunk = Assert.IsType<ChatChunk>(Assert.Single(_composer.TakePending()));
        Assert.True(chunk.Replace);
        Assert.Equal("right!", chunk.Content);
        Assert.Equal("right!", _composer.ToResult(null, TokenUsage.None).Value);
    }

    [Fact]
    public void A_tools_end_keeps_its_name_and_its_input()
    {
        var input = System.Text.Json.JsonDocument.Parse("""{"command":"ls"}""").RootElement;
        _composer.Add(new AgentToolStarted("c", "Bash", input));
        _composer.Add(new AgentToolFinished("c", "a.txt", IsError: false));

        var tool = Assert.Single(_composer.ToResult(null, TokenUsage.None).Blocks).Tool;
        Assert.Equal(("Bash", "done", "a.txt"), (tool!.Name, tool.Status, tool.Output));
        Assert.Equal("ls", tool.Input?.GetProperty("command").GetString());
    }

    [Fact]
    public void A_long_delta_is_split_and_no_character_is()
    {
        var text = new string('x', 16 * 1024 - 1) + "😀" + new string('y', 10);
        _composer.Add(new AgentText("t", text));

        var chunks = _composer.TakePending().Cast<ChatChunk>().ToList();

        Assert.Equal(2, chunks.Count);
        Assert.Equal(text, string.Concat(chunks.Select(chunk => chunk.Content)));
        Assert.False(char.IsHighSurrogate(chunks[0].Content[^1]));
        Assert.Equal(chunks[0].Content.Length, chunks[1].Offset);
    }

    [Fact]
    public void What_a_tool_puts_out_is_bounded_and_the_cut_is_told()
    {
        _composer.Add(new AgentToolFinished("c", new string('x', 100_000), IsError: true));

        var tool = Assert.Single(_composer.ToResult(null, TokenUsage.None).Blocks).Tool!;
        Assert.InRange(tool.Output!.Length, 32 * 1024, 33 * 1024);
        Assert.Contains("more characters left out", tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_answer_is_bounded()
    {
        for (var i = 0; i < 20; i++)
            _composer.Add(new AgentText("t", new string('x', 1024 * 1024)));

        Assert.InRange(_composer.ToResult(null, TokenUsage.None).Value.Length, 8 * 1024 * 1024, 8 * 1024 * 1024 + 100);
    }

    [Fact]
    public void A_replay_drops_what_the_log_holds_and_goes_on_at_the_right_offset()
    {
        _composer.Add(new AgentText("t", "Hello"));
        _composer.DropPending();
        _composer.Add(new AgentText("t", " again"));

        var chunk = Assert.IsType<ChatChunk>(Assert.Single(_composer.TakePending()));
        Assert.Equal((5, " again"), (chunk.Offset, chunk.Content));
    }
}
