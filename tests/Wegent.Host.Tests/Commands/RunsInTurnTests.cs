using Wegent.Events;
using Wegent.Hosting.Commands.Running;
using Wegent.Tasks;

namespace Wegent.Hosting.Tests.Commands;

public sealed class RunsInTurnTests
{
    [Fact]
    public void The_first_is_heard_live_and_the_others_after_its_end()
    {
        var turns = new RunsInTurn();

        Assert.Equal(
            "1:s 1:a 1:b 1:end 2:s 2:x 2:end 3:s 3:p 3:q 3:end",
            string.Join(' ', new[] { "1:s", "2:s", "1:a", "2:x", "3:s", "3:p", "2:end", "1:b", "1:end", "3:q", "3:end" }.SelectMany(text => turns.Next(Read(text))).Select(Show)));
    }

    [Fact]
    public void What_is_of_no_run_is_never_held_back()
    {
        var turns = new RunsInTurn();
        turns.Next(Read("1:s"));
        var status = new TaskStatusChanged { TaskId = 1, Status = TaskState.Cancelling, Progress = 0 };

        Assert.Equal([status], turns.Next(status));
    }

    private static TaskEvent Read(string text)
    {
        var (run, what) = (long.Parse(text[..1]), text[2..]);
        return what switch
        {
            "s" => new ChatStart { SubtaskId = run, MessageId = 1, BotName = "b", ShellType = "Demo", Attempt = 1 },
            "end" => new ChatCancelled { SubtaskId = run, Result = null },
            _ => new ChatChunk { SubtaskId = run, BlockId = "t", Kind = BlockKind.Text, Content = what },
        };
    }

    private static string Show(TaskEvent taskEvent) => taskEvent switch
    {
        ChatStart start => $"{start.SubtaskId}:s",
        ChatCancelled end => $"{end.SubtaskId}:end",
        ChatChunk chunk => $"{chunk.SubtaskId}:{chunk.Content}",
        _ => "?",
    };
}
