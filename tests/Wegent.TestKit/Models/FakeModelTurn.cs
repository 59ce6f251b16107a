using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Wegent.TestKit.Models;

/// <summary>
/// What a fake model answers to one request: blocks, or a failure, or blocks with a mishap on the way. Immutable; each method returns a changed copy.
/// </summary>
/// <example><code>
/// FakeModelTurn.Say("I write the file.").CallTool("Write", new { file_path = "/workspace/a.txt", content = "hello\n" })
/// FakeModelTurn.RateLimited(retryAfter: TimeSpan.FromSeconds(1))
/// FakeModelTurn.Say("never heard to the end").CutAfter(2)
/// </code></example>
public sealed record FakeModelTurn
{
    private FakeModelTurn()
    {
    }

    /// <summary>The answer's blocks, in order.</summary>
    public IReadOnlyList<FakeModelBlock> Blocks { get; private init; } = [];

    /// <summary>Why the model stopped; null means <c>tool_use</c> when there is a tool call, else <c>end_turn</c>.</summary>
    public string? StopReason { get; private init; }

    /// <summary>Status of the reply; anything but 200 is an error reply in Anthropic's form.</summary>
    public HttpStatusCode Status { get; private init; } = HttpStatusCode.OK;

    /// <summary>Anthropic's word for the error, such as <c>overloaded_error</c>.</summary>
    public string ErrorType { get; private init; } = "";

    /// <summary>The error in words.</summary>
    public string ErrorMessage { get; private init; } = "";

    /// <summary>Value of the <c>retry-after</c> header, in seconds; null for none.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>What goes wrong on the way.</summary>
    public FakeModelMishap Mishap { get; private init; }

    /// <summary>How many pieces (words, or parts of a tool's arguments) are sent before <see cref="Mishap"/>.</summary>
    public int PiecesBefore { get; private init; }

    /// <summary>Wait before each piece.</summary>
    public TimeSpan PieceDelay { get; private init; }

    /// <summary>Tokens that the reply says were sent to it.</summary>
    public int InputTokens { get; private init; } = 25;

    /// <summary>Tokens that the reply says it read from the cache.</summary>
    public int CacheReadTokens { get; private init; }

    /// <summary>Tokens that the reply says it produced; null means one for each piece.</summary>
    public int? OutputTokens { get; private init; }

    /// <summary>An answer that begins with text.</summary>
    public static FakeModelTurn Say(string text) => new FakeModelTurn().ThenSay(text);

    /// <summary>An answer that begins with reasoning.</summary>
    public static FakeModelTurn Think(string text) => new FakeModelTurn { Blocks = [new FakeThinking(text)] };

    /// <summary>An answer that is a tool call; its arguments are given as an object that is written as JSON.</summary>
    public static FakeModelTurn UseTool(string name, object input, string? id = null) => new FakeModelTurn().CallTool(name, input, id);

    /// <summary>An answer without any block, which Claude Code asks to be continued.</summary>
    public static FakeModelTurn Nothing() => new();

    /// <summary>An error reply.</summary>
    public static FakeModelTurn Error(HttpStatusCode status, string type, string message) => new() { Status = status, ErrorType = type, ErrorMessage = message };

    /// <summary>400: a request the service does not accept.</summary>
    public static FakeModelTurn BadRequest(string message = "fake bad request") => Error(HttpStatusCode.BadRequest, "invalid_request_error", message);

    /// <summary>400: no credit left.</summary>
    public static FakeModelTurn NoCredit() =>
        BadRequest("Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.");

    /// <summary>400: the conversation does not fit into the context.</summary>
    public static FakeModelTurn PromptTooLong() => BadRequest("prompt is too long: 210000 tokens > 200000 maximum");

    /// <summary>401: wrong key.</summary>
    public static FakeModelTurn Unauthorized() => Error(HttpStatusCode.Unauthorized, "authentication_error", "invalid x-api-key");

    /// <summary>403: a key that may not do this.</summary>
    public static FakeModelTurn Forbidden() => Error(HttpStatusCode.Forbidden, "permission_error", "Your API key does not have permission to use the specified resource.");

    /// <summary>404: unknown model or path. Claude Code asks once more without streaming.</summary>
    public static FakeModelTurn NotFound() => Error(HttpStatusCode.NotFound, "not_found_error", "model: fake-model");

    /// <summary>429.</summary>
    public static FakeModelTurn RateLimited(TimeSpan? retryAfter = null) =>
        Error(HttpStatusCode.TooManyRequests, "rate_limit_error", "This request would exceed your rate limit.") with { RetryAfter = retryAfter };

    /// <summary>500.</summary>
    public static FakeModelTurn ServerError() => Error(HttpStatusCode.InternalServerError, "api_error", "Internal server error");

    /// <summary>529.</summary>
    public static FakeModelTurn Overloaded() => Error((HttpStatusCode)529, "overloaded_error", "Overloaded");

    /// <summary>200 with a web page, as a proxy or a captive portal answers.</summary>
    public static FakeModelTurn WebPage() => new() { Mishap = FakeModelMishap.WebPage };

    /// <summary>The model declines.</summary>
    public static FakeModelTurn Refusal() => new() { StopReason = "refusal" };

    /// <summary>Adds text.</summary>
    public FakeModelTurn ThenSay(string text) => this with { Blocks = [.. Blocks, new FakeText(text)] };

    /// <summary>Adds a tool call; its arguments are given as an object that is written as JSON.</summary>
    public FakeModelTurn CallTool(string name, object input, string? id = null) =>
        this with { Blocks = [.. Blocks, new FakeToolUse(id ?? "toolu_" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..20], name, JsonSerializer.SerializeToElement(input))] };

    /// <summary>The answer stops because it reached the length limit. Claude Code asks for the rest by itself.</summary>
    public FakeModelTurn OutOfTokens() => this with { StopReason = "max_tokens" };

    /// <summary>The connection breaks after so many pieces; a request without streaming is broken off at once.</summary>
    public FakeModelTurn CutAfter(int pieces) => this with { Mishap = FakeModelMishap.Cut, PiecesBefore = pieces };

    /// <summary>After so many pieces nothing more comes, and the connection stays open until the client or the server ends.</summary>
    public FakeModelTurn StallAfter(int pieces) => this with { Mishap = FakeModelMishap.Stall, PiecesBefore = pieces };

    /// <summary>After so many pieces the stream holds an event that is no JSON.</summary>
    public FakeModelTurn GarbageAfter(int pieces) => this with { Mishap = FakeModelMishap.Garbage, PiecesBefore = pieces };

    /// <summary>After so many pieces the stream holds an <c>error</c> event, and ends.</summary>
    public FakeModelTurn ErrorEventAfter(int pieces) => this with { Mishap = FakeModelMishap.ErrorEvent, PiecesBefore = pieces };

    /// <summary>Waits before each piece: slow tokens.</summary>
    public FakeModelTurn Slowly(TimeSpan pieceDelay) => this with { PieceDelay = pieceDelay };

    /// <summary>What the reply says was used.</summary>
    public FakeModelTurn Using(int inputTokens, int outputTokens, int cacheReadTokens = 0) =>
        this with { InputTokens = inputTokens, OutputTokens = outputTokens, CacheReadTokens = cacheReadTokens };
}

/// <summary>What goes wrong while a reply is sent.</summary>
public enum FakeModelMishap
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The connection breaks.</summary>
    Cut,

    /// <summary>Nothing more comes.</summary>
    Stall,

    /// <summary>An event that is no JSON.</summary>
    Garbage,

    /// <summary>An event that says <c>error</c>.</summary>
    ErrorEvent,

    /// <summary>A web page instead of a reply.</summary>
    WebPage,
}
