using System.Net;
using System.Text.Json.Nodes;

namespace Wegent.TestKit.Models;

/// <summary>Writes a scripted turn as the Messages API does.</summary>
internal sealed class AnthropicWire(FakeModelTurn turn, string messageId, string model) : IModelWire
{
    public HttpStatusCode Status => turn.Status;

    public string Garbage => "event: content_block_delta\ndata: {\"type\": \"content_block_de\n\n";

    public string ErrorEvent => $"event: error\ndata: {ErrorOf("overloaded_error", "Overloaded").ToJsonString()}\n\n";

    private string StopReason => turn.StopReason ?? (turn.Blocks.Any(block => block is FakeToolUse) ? "tool_use" : "end_turn");

    private int OutputTokens => turn.OutputTokens ?? turn.Blocks.Sum(block => ModelPieces.Of(block).Count);

    /// <summary>The error reply.</summary>
    public JsonObject Error() => ErrorOf(turn.ErrorType, turn.ErrorMessage);

    public static JsonObject ErrorOf(string type, string message) => new()
    {
        ["type"] = "error",
        ["error"] = new JsonObject { ["type"] = type, ["message"] = message },
        ["request_id"] = "req_fake",
    };

    /// <summary>The whole message, for a request without streaming.</summary>
    public JsonObject Message() => Envelope(new JsonArray([.. turn.Blocks.Select(Whole)]), StopReason, OutputTokens);

    public IEnumerable<WireEvent> Events() => Written().Select(written => new WireEvent(
        $"event: {written.Event["type"]}\ndata: {written.Event.ToJsonString()}\n\n",
        written.IsPiece ? WireEventKind.Piece : (string?)written.Event["type"] switch
        {
            "content_block_stop" => WireEventKind.BlockEnd,
            "message_delta" => WireEventKind.End,
            _ => WireEventKind.Other,
        }));

    private IEnumerable<(JsonObject Event, bool IsPiece)> Written()
    {
        yield return (new() { ["type"] = "message_start", ["message"] = Envelope([], null, 1) }, false);
        yield return (new() { ["type"] = "ping" }, false);
        for (var index = 0; index < turn.Blocks.Count; index++)
        {
            yield return (new() { ["type"] = "content_block_start", ["index"] = index, ["content_block"] = Empty(turn.Blocks[index]) }, false);
            foreach (var piece in ModelPieces.Of(turn.Blocks[index]))
                yield return (new() { ["type"] = "content_block_delta", ["index"] = index, ["delta"] = Delta(turn.Blocks[index], piece) }, true);
            if (turn.Blocks[index] is FakeThinking)
                yield return (new() { ["type"] = "content_block_delta", ["index"] = index, ["delta"] = new JsonObject { ["type"] = "signature_delta", ["signature"] = "c2lnbmVk" } }, false);
            yield return (new() { ["type"] = "content_block_stop", ["index"] = index }, false);
        }

        yield return (
            new()
            {
                ["type"] = "message_delta",
                ["delta"] = new JsonObject { ["stop_reason"] = StopReason, ["stop_sequence"] = null },
                ["usage"] = new JsonObject { ["output_tokens"] = OutputTokens },
            },
            false);
        yield return (new() { ["type"] = "message_stop" }, false);
    }

    private JsonObject Envelope(JsonArray content, string? stopReason, int outputTokens) => new()
    {
        ["id"] = messageId,
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = model,
        ["content"] = content,
        ["stop_reason"] = stopReason,
        ["stop_sequence"] = null,
        ["usage"] = new JsonObject
        {
            ["input_tokens"] = turn.InputTokens,
            ["cache_creation_input_tokens"] = 0,
            ["cache_read_input_tokens"] = turn.CacheReadTokens,
            ["output_tokens"] = outputTokens,
        },
    };

    private static JsonObject Whole(FakeModelBlock block) => block switch
    {
        FakeText text => new() { ["type"] = "text", ["text"] = text.Text },
        FakeThinking thinking => new() { ["type"] = "thinking", ["thinking"] = thinking.Text, ["signature"] = "c2lnbmVk" },
        FakeToolUse tool => new() { ["type"] = "tool_use", ["id"] = tool.Id, ["name"] = tool.Name, ["input"] = JsonNode.Parse(tool.Input.GetRawText()) },
        _ => throw new ArgumentOutOfRangeException(nameof(block)),
    };

    private static JsonObject Empty(FakeModelBlock block) => block switch
    {
        FakeText => new() { ["type"] = "text", ["text"] = "" },
        FakeThinking => new() { ["type"] = "thinking", ["thinking"] = "", ["signature"] = "" },
        FakeToolUse tool => new() { ["type"] = "tool_use", ["id"] = tool.Id, ["name"] = tool.Name, ["input"] = new JsonObject() },
        _ => throw new ArgumentOutOfRangeException(nameof(block)),
    };

    private static JsonObject Delta(FakeModelBlock block, string piece) => block switch
    {
        FakeText => new() { ["type"] = "text_delta", ["text"] = piece },
        FakeThinking => new() { ["type"] = "thinking_delta", ["thinking"] = piece },
        FakeToolUse => new() { ["type"] = "input_json_delta", ["partial_json"] = piece },
        _ => throw new ArgumentOutOfRangeException(nameof(block)),
    };
}
