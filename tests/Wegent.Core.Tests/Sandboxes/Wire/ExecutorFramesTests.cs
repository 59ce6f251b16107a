using System.Text;
using System.Text.Json;
using Wegent.Sandboxes.Wire;

namespace Wegent.Core.Tests.Sandboxes.Wire;

/// <summary>The frames, letter by letter: executors of other versions are out there, so a change here is a change of the contract.</summary>
public sealed class ExecutorFramesTests
{
    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_is_written_and_read_as_it_stands_here(string json)
    {
        var command = ExecutorFrames.DecodeCommand(Encoding.UTF8.GetBytes(json));

        Assert.Equal(json, Encoding.UTF8.GetString(ExecutorFrames.Encode(command)));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_is_written_and_read_as_it_stands_here(string json)
    {
        var message = ExecutorFrames.DecodeMessage(Encoding.UTF8.GetBytes(json));

        Assert.Equal(json, Encoding.UTF8.GetString(ExecutorFrames.Encode(message)));
    }

    [Fact]
    public void What_a_newer_side_adds_is_ignored_and_the_order_of_fields_does_not_matter()
    {
        var command = ExecutorFrames.DecodeCommand("""{"new":[1,{"x":2}],"execution":"e","id":3,"op":"find"}"""u8);

        Assert.Equal(new FindCommand { Id = 3, Execution = "e" }, command);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"op":"find","id":1}""")]
    [InlineData("""{"op":"unknown","id":1}""")]
    [InlineData("""{"op":"find","id":"1","execution":"e"}""")]
    [InlineData("""{"op":"find","id":1,"execution":"e"} {}""")]
    public void What_is_no_command_is_a_json_error(string json) =>
        Assert.Throws<JsonException>(() => ExecutorFrames.DecodeCommand(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void The_largest_line_of_the_worst_bytes_fits_a_frame()
    {
        var line = new WireLine { Text = new string('\u0001', ExecutorProtocol.MaxLineBytes), Cut = long.MaxValue, Err = true };
        var frame = ExecutorFrames.Encode(new LinesMessage { Reader = long.MaxValue, First = long.MaxValue, Lines = [line] });

        Assert.InRange(frame.Length, 0, ExecutorProtocol.MaxFrameBytes);
    }

    public static TheoryData<string> Commands() => new(
        """{"op":"hello","id":1,"versions":[1]}""",
        """{"op":"prepare","id":2,"name":"shop","repository":"https://example.com/shop.git","branch":"main","depth":1,"transports":["https"],"max_bytes":1024,"timeout_ms":60000}""",
        """{"op":"prepare","id":3,"depth":0,"folder":"/source","max_bytes":1024,"timeout_ms":60000}""",
        """{"op":"start","id":4,"execution":"e-1","program":"claude","arguments":["-p"],"environment":{"A":"b"},"working_directory":"sub","files":[{"path":".x/settings.json","content":"{}"}],"interrupt_line":"stop","input":["hi"],"close_input":true,"output_limit":1024}""",
        """{"op":"find","id":5,"execution":"e-1"}""",
        """{"op":"read","id":6,"execution":"e-1","from":17,"window":65536}""",
        """{"op":"ack","id":0,"reader":6,"next":40}""",
        """{"op":"unread","id":0,"reader":6}""",
        """{"op":"write","id":7,"execution":"e-1","input":"turn-2","line":"and now?"}""",
        """{"op":"close_input","id":8,"execution":"e-1"}""",
        """{"op":"stop","id":9,"execution":"e-1","interrupt_ms":5000,"terminate_ms":2000}""",
        """{"op":"read_file","id":10,"path":"src/a.cs","offset":0,"max_bytes":4096}""",
        """{"op":"shutdown","id":11}""");

    public static TheoryData<string> Messages() => new(
        """{"type":"welcome","re":1,"version":1,"instance":"0193","workspace":"/workspace","home":"/home/agent","program":"0.1.0"}""",
        """{"type":"done","re":2}""",
        """{"type":"failed","re":3,"code":"execution.unknown","message":"no execution e was started here"}""",
        """{"type":"prepared","re":4,"workspace":"/workspace/shop","baseline":"8f0c"}""",
        """{"type":"started","re":5,"pid":12,"known":true}""",
        """{"type":"exited","re":6,"exit":{"code":0,"reason":"exited"}}""",
        """{"type":"file","re":7,"exists":true,"size":5,"content":"aGVsbG8="}""",
        """{"type":"lines","reader":6,"first":17,"lines":[{"text":"{\"type\":\"é <b>\"}"},{"err":true,"text":"x","cut":9}]}""",
        """{"type":"ended","reader":6,"next":19,"exit":{"signal":9,"reason":"out_of_memory","killed":3}}""");
}
