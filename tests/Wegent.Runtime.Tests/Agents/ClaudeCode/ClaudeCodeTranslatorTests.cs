using Wegent.Agents;
using Wegent.Runtime.Agents.ClaudeCode;
using Wegent.Sandboxes;
using Wegent.Tasks;
using Wegent.TestKit.Agents;

namespace Wegent.Runtime.Tests.Agents.ClaudeCode;

public sealed class ClaudeCodeTranslatorTests
{
    private const string Key = "sk-ant-0123456789";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly ClaudeCodeTranslator _translator = new(
        new AgentRequest
        {
            TaskId = 1,
            SubtaskId = 2,
            Attempt = 1,
            BotName = "bot",
            Prompt = "go",
            SystemPrompt = "",
            Model = new Dictionary<string, string> { ["api_key"] = Key, ["base_url"] = "http://user:pass-word@models.example.com:8080/v1" },
        },
        Limit);

    private readonly List<AgentEvent> _events = [];
    private long _number;

    [Fact]
    public void A_tool_may_be_silent_and_the_model_may_not()
    {
        Assert.Equal(Limit, _translator.SilenceLimit);
        Read(Tool("one"));
        Read(Tool("two"));
        Assert.Null(_translator.SilenceLimit);
        Read(ToolResult("one", "\"done\""));
        Assert.Null(_translator.SilenceLimit);
        Read(ToolResult("two", "\"done\""));
        Assert.Equal(Limit, _translator.SilenceLimit);
    }

    [Fact]
    public void A_wait_before_a_retry_is_no_silence()
    {
        Read("""{"type":"system","subtype":"api_retry","attempt":1,"max_retries":3,"retry_delay_ms":90000.5,"error_status":429,"error":"rate_limit"}""");
        Assert.Equal(Limit + TimeSpan.FromSeconds(90), _translator.SilenceLimit);

        Read(Delta("text_delta", "text", "a"));
        Assert.Equal(Limit, _translator.SilenceLimit);
    }

    [Fact]
    public void A_question_that_nobody_answers_counts_as_silence()
    {
        Read(Tool("one"));
        Read("""{"type":"control_request","request_id":"r","request":{"subtype":"can_use_tool","tool_name":"Bash","input":{}}}""");

        Assert.Equal(Limit, _translator.SilenceLimit);
    }

    [Fact]
    public void A_secret_is_masked_in_text_in_tools_and_in_last_words()
    {
        Read(Tool("one", $$"""{"command":"echo {{Key}}","nested":[{"a":"{{Key}}"}]}"""));
        Read(ToolResult("one", $"\"it is {Key}\""));
        Read(Message("text", "text", $"The key is {Key}."));
        _translator.Translate(new ExecutionLine(_number++, IsError: true, $"fatal: {Key} at http://user:pass-word@models.example.com"), _events);
        _translator.Translate(new ExecutionExited(_number, 1), _events);

        var text = AgentEventText.Write(_events);
        Assert.DoesNotContain(Key, text, StringComparison.Ordinal);
        Assert.DoesNotContain("pass-word", text, StringComparison.Ordinal);
        Assert.Equal("The key is ***.", AgentEventText.AnswerOf(_events));
        Assert.Equal("Claude Code ended without a result (exit code 1): fatal: *** at http://user:***@models.example.com", Assert.IsType<AgentFailed>(_events[^1]).Failure.Message);
    }

    [Fact]
    public void A_secret_that_streams_in_pieces_is_masked_and_other_text_is_not_held_back_for_long()
    {
        Read(MessageStart("m1"));
        foreach (var character in $"Use sk-ant today, not {Key}; or s")
            Read(Delta("text_delta", "text", character.ToString()));
        Assert.Equal("Use sk-ant today, not ***; or ", AgentEventText.AnswerOf(_events));

        Read(Message("text", "text", $"Use sk-ant today, not {Key}; or s", "m1"));
        Assert.Equal("Use sk-ant today, not ***; or s", AgentEventText.AnswerOf(_events));
        Assert.DoesNotContain(_events, agentEvent => agentEvent is AgentBlockReplaced);
    }

    [Fact]
    public void The_whole_block_has_the_last_word()
    {
        Read(MessageStart("m1"));
        Read(Delta("text_delta", "text", "Hello wrld"));
        Read(Message("text", "text", "Hello world", "m1"));

        Assert.Equal(new AgentBlockReplaced("text-1", "Hello world"), _events[^1]);
    }

    [Fact]
    public void A_message_that_is_asked_for_again_without_streaming_takes_the_place_of_the_broken_one()
    {
        Read(MessageStart("broken"));
        Read(Delta("thinking_delta", "thinking", "Hm"));
        Read(Delta("text_delta", "text", "Half an", index: 1));
        Read(Message("thinking", "thinking", "Now.", "whole"));
        Read(Message("text", "text", "A whole answer", "whole"));

        Assert.Equal("A whole answer", AgentEventText.AnswerOf(_events));
        Assert.Contains(new AgentBlockReplaced("thinking-1", "Now."), _events);
    }

    [Fact]
    public void Text_whose_beginning_was_lost_is_shown_all_the_same()
    {
        Read(Delta("text_delta", "text", "no start"));

        Assert.Equal("no start", AgentEventText.AnswerOf(_events));
    }

    [Fact]
    public void A_result_that_says_more_than_the_messages_did_is_shown()
    {
        Read("""{"type":"result","subtype":"success","is_error":false,"result":"Only here.","total_cost_usd":0}""");

        Assert.Equal("Only here.", AgentEventText.AnswerOf(_events));
        Assert.Equal("Only here.", Assert.IsType<AgentCompleted>(_events[^1]).Text);
    }

    [Fact]
    public void A_long_tool_output_that_the_wire_cut_still_ends_its_call()
    {
        Read(Tool("one"));
        var line = ToolResult("one", $"\"{new string('x', 100_000)}\"");
        _translator.Translate(new ExecutionLine(_number++, IsError: false, line[..90_000], Truncated: true), _events);

        var finished = Assert.IsType<AgentToolFinished>(_events[^1]);
        Assert.Equal("one", finished.CallId);
        Assert.StartsWith("xxxx", finished.Output, StringComparison.Ordinal);
        Assert.EndsWith("more characters left out]", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_arguments_of_a_tool_are_shortened_and_keep_their_form()
    {
        Read(Tool("one", $$"""{"file_path":"/a/b","content":"{{new string('x', 500_000)}}"}"""));

        var input = Assert.IsType<AgentToolStarted>(_events[^1]).Input!.Value;
        Assert.Equal("/a/b", input.GetProperty("file_path").GetString());
        Assert.InRange(input.GetProperty("content").GetString()!.Length, 1000, 32 * 1024);
    }

    [Fact]
    public void Half_a_character_breaks_nothing()
    {
        Read(Tool("one"));
        Read("""{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"one","content":"cut here: \ud83d and \\ud83d and \ude00 and \ud83d\ude00"}]}}""");

        Assert.Equal("cut here: \ufffd and \\ud83d and \ufffd and 😀", Assert.IsType<AgentToolFinished>(_events[^1]).Output);
    }

    [Fact]
    public void A_picture_is_named_and_not_shown()
    {
        Read(Tool("one"));
        Read(ToolResult("one", """[{"type":"text","text":"See:"},{"type":"image","source":{"data":"AAAA"}}]"""));

        Assert.Equal("See:\n[image]", Assert.IsType<AgentToolFinished>(_events[^1]).Output);
    }

    [Theory]
    [InlineData(1, null, FailureReason.AgentCrashed)]
    [InlineData(0, null, FailureReason.AgentCrashed)]
    [InlineData(127, null, FailureReason.Misconfigured)]
    [InlineData(137, null, FailureReason.OutOfMemory)]
    [InlineData(137, "out_of_memory", FailureReason.OutOfMemory)]
    [InlineData(137, "stopped", FailureReason.Cancelled)]
    [InlineData(143, "stopped", FailureReason.Cancelled)]
    [InlineData(143, null, FailureReason.AgentCrashed)]
    [InlineData(137, "output_limit", FailureReason.AgentCrashed)]
    [InlineData(137, "journal_failed", FailureReason.SandboxLost)]
    public void An_exit_without_a_result_has_a_reason(int exitCode, string? detail, FailureReason reason)
    {
        Read(MessageStart("m1", inputTokens: 12));
        Read(Tool("one"));
        _translator.Translate(new ExecutionExited(_number, exitCode, detail), _events);

        Assert.True(Assert.IsType<AgentToolFinished>(_events[^2]).IsError);
        var failed = Assert.IsType<AgentFailed>(_events[^1]);
        Assert.Equal((reason, 12), (failed.Failure.Reason, failed.Usage.InputTokens));
    }

    [Fact]
    public void After_the_end_nothing_is_said()
    {
        Read("""{"type":"result","subtype":"success","is_error":false,"result":""}""");
        var count = _events.Count;
        Read(Message("text", "text", "more"));
        Read("""{"type":"result","subtype":"success","is_error":false,"result":"again"}""");
        _translator.Translate(new ExecutionExited(_number, 0), _events);

        Assert.Equal(count, _events.Count);
    }

    [Theory]
    [InlineData("""{"subtype":"error_max_budget_usd","errors":["Reached maximum budget ($1)"]}""", FailureReason.BudgetExceeded)]
    [InlineData("""{"subtype":"error_during_execution","errors":["boom"]}""", FailureReason.AgentCrashed)]
    [InlineData("""{"subtype":"error_from_the_future","errors":["boom"]}""", FailureReason.AgentCrashed)]
    [InlineData("""{"subtype":"success","is_error":true,"result":"API Error: 503 upstream is away"}""", FailureReason.Overloaded)]
    [InlineData("""{"subtype":"success","is_error":true,"result":"API Error: 413 too large"}""", FailureReason.ContextTooLong)]
    [InlineData("""{"subtype":"success","is_error":true,"api_error_status":402,"result":"pay"}""", FailureReason.BudgetExceeded)]
    [InlineData("""{"subtype":"success","is_error":true,"api_error_status":408,"result":"late"}""", FailureReason.ModelUnreachable)]
    [InlineData("""{"subtype":"success","is_error":true,"result":"API Error: Request timed out."}""", FailureReason.ModelUnreachable)]
    [InlineData("""{"subtype":"success","is_error":true,"result":"API Error: Overloaded"}""", FailureReason.Overloaded)]
    [InlineData("""{"subtype":"success","is_error":true}""", FailureReason.AgentCrashed)]
    public void A_result_that_is_an_error_has_a_reason(string result, FailureReason reason)
    {
        Read($$"""{"type":"result",{{result[1..]}}""");

        Assert.Equal(reason, Assert.IsType<AgentFailed>(_events[^1]).Failure.Reason);
    }

    [Fact]
    public void A_failure_names_the_service_without_the_credential_in_its_address()
    {
        Read("""{"type":"system","subtype":"api_retry","attempt":1,"max_retries":10,"retry_delay_ms":500,"error_status":401,"error":"authentication_failed"}""");

        Assert.Equal("The model service at models.example.com:8080 refused the API key (401)", Assert.IsType<AgentFailed>(_events[^1]).Failure.Message);
    }

    private static string MessageStart(string id, int inputTokens = 1) =>
        """{"type":"stream_event","event":{"type":"message_start","message":{"id":"@id","usage":{"input_tokens":@tokens,"output_tokens":0}}}}"""
            .Replace("@id", id).Replace("@tokens", inputTokens.ToString());

    private static string Delta(string type, string field, string text, int index = 0) =>
        """{"type":"stream_event","event":{"type":"content_block_delta","index":@index,"delta":{"type":"@type","@field":"@text"}}}"""
            .Replace("@index", index.ToString()).Replace("@type", type).Replace("@field", field).Replace("@text", text);

    private static string Message(string type, string field, string text, string id = "m0") =>
        """{"type":"assistant","message":{"id":"@id","content":[{"type":"@type","@field":"@text"}]}}"""
            .Replace("@id", id).Replace("@type", type).Replace("@field", field).Replace("@text", text);

    private static string Tool(string id, string input = "{}") =>
        """{"type":"assistant","message":{"id":"m1","content":[{"type":"tool_use","id":"@id","name":"Bash","input":@input}]}}"""
            .Replace("@id", id).Replace("@input", input);

    private static string ToolResult(string id, string content) =>
        """{"type":"user","message":{"content":[{"tool_use_id":"@id","type":"tool_result","content":@content}]}}"""
            .Replace("@id", id).Replace("@content", content);

    private void Read(string line) => _translator.Translate(new ExecutionLine(_number++, IsError: false, line), _events);
}
