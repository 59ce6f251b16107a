using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wegent.TestKit.Models;

/// <summary>Writes a scripted turn as OpenAI's chat completions do.</summary>
internal sealed class OpenAIWire(FakeModelTurn turn, FakeModelRequest request) : IModelWire
{
    private bool IsOutOfCredit => turn.ErrorMessage.Contains("credit balance", StringComparison.Ordinal);

    private string FinishReason => turn.StopReason switch
    {
        "max_tokens" => "length",
        "refusal" => "content_filter",
        _ => turn.Blocks.Any(block => block is FakeToolUse) ? "tool_calls" : "stop",
    };

    public HttpStatusCode Status => IsOutOfCredit ? HttpStatusCode.TooManyRequests : turn.Status == (HttpStatusCode)529 ? HttpStatusCode.ServiceUnavailable : turn.Status;

    public string Garbage => "data: {\"id\": \"chatcmpl-fake\", \"choi\n\n";

    public string ErrorEvent => """data: {"error":{"message":"The server is overloaded","type":"server_error","param":null,"code":null}}""" + "\n\n";

    public JsonObject Error()
    {
        var (type, code) = turn switch
        {
            _ when IsOutOfCredit => ("insufficient_quota", "insufficient_quota"),
            { Status: HttpStatusCode.Unauthorized } => ("invalid_request_error", "invalid_api_key"),
            { Status: HttpStatusCode.TooManyRequests } => ("requests", "rate_limit_exceeded"),
            { Status: HttpStatusCode.NotFound } => ("invalid_request_error", "model_not_found"),
            { Status: >= HttpStatusCode.InternalServerError } => ("server_error", null),
            _ when turn.ErrorMessage.StartsWith("prompt is too long", StringComparison.Ordinal) => ("invalid_request_error", "context_length_exceeded"),
            _ => ("invalid_request_error", (string?)null),
        };
        return new() { ["error"] = new JsonObject { ["message"] = turn.ErrorMessage, ["type"] = type, ["param"] = null, ["code"] = code } };
    }

    public JsonObject Message()
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = string.Concat(turn.Blocks.OfType<FakeText>().Select(text => text.Text)), ["refusal"] = null };
        if (turn.Blocks.OfType<FakeThinking>().ToList() is { Count: > 0 } thoughts)
            message["reasoning_content"] = string.Concat(thoughts.Select(thought => thought.Text));
        if (turn.Blocks.OfType<FakeToolUse>().ToList() is { Count: > 0 } tools)
            message["tool_calls"] = new JsonArray([.. tools.Select(tool => CallOf(tool, JsonSerializer.Serialize(tool.Input)))]);
        return new()
        {
            ["id"] = Id,
            ["object"] = "chat.completion",
            ["created"] = 1_700_000_000,
            ["model"] = request.Model,
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = FinishReason }),
            ["usage"] = Usage(),
        };
    }

    public IEnumerable<WireEvent> Events()
    {
        yield return Chunk(new() { ["role"] = "assistant", ["content"] = "" }, WireEventKind.Other);
        var call = 0;
        foreach (var block in turn.Blocks)
        {
            if (block is FakeToolUse tool)
            {
                var begun = CallOf(tool, "");
                begun["index"] = call;
                yield return Chunk(new() { ["tool_calls"] = new JsonArray(begun) }, WireEventKind.Other);
            }

            foreach (var piece in ModelPieces.Of(block))
            {
                yield return Chunk(
                    block switch
                    {
                        FakeText => new() { ["content"] = piece },
                        FakeThinking => new() { ["reasoning_content"] = piece },
                        _ => new() { ["tool_calls"] = new JsonArray(new JsonObject { ["index"] = call, ["function"] = new JsonObject { ["arguments"] = piece } }) },
                    },
                    WireEventKind.Piece);
            }

            if (block is FakeToolUse)
                call++;
        }

        yield return Chunk([], WireEventKind.End, FinishReason);
        if (request.Body.TryGetProperty("stream_options", out var options) && options.TryGetProperty("include_usage", out var include) && include.GetBoolean())
        {
            var last = Envelope();
            last["choices"] = new JsonArray();
            last["usage"] = Usage();
            yield return new WireEvent($"data: {last.ToJsonString()}\n\n", WireEventKind.Other);
        }

        yield return new WireEvent("data: [DONE]\n\n", WireEventKind.Other);
    }

    private string Id => $"chatcmpl-fake-{request.Number:0000}";

    private static JsonObject CallOf(FakeToolUse tool, string arguments) =>
        new() { ["id"] = tool.Id, ["type"] = "function", ["function"] = new JsonObject { ["name"] = tool.Name, ["arguments"] = arguments } };

    private WireEvent Chunk(JsonObject delta, WireEventKind kind, string? finishReason = null)
    {
        var chunk = Envelope();
        chunk["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finishReason });
        return new WireEvent($"data: {chunk.ToJsonString()}\n\n", kind);
    }

    private JsonObject Envelope() => new() { ["id"] = Id, ["object"] = "chat.completion.chunk", ["created"] = 1_700_000_000, ["model"] = request.Model };

    private JsonObject Usage()
    {
        var (input, output) = (turn.InputTokens + turn.CacheReadTokens, turn.OutputTokens ?? turn.Blocks.Sum(block => ModelPieces.Of(block).Count));
        return new()
        {
            ["prompt_tokens"] = input,
            ["completion_tokens"] = output,
            ["total_tokens"] = input + output,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = turn.CacheReadTokens },
        };
    }
}
