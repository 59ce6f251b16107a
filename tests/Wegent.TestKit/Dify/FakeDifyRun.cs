using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wegent.TestKit.Dify;

/// <summary>What a fake Dify application does with one call: events in order, or a refusal, or an end before the end. Immutable; each method returns a changed copy.</summary>
/// <example><code>
/// FakeDifyRun.Answer("Hello there.")
/// FakeDifyRun.Events().Text("Hel").Event("message_replace", new { answer = "Hidden." }).End()
/// FakeDifyRun.Refuse(HttpStatusCode.BadRequest, "provider_quota_exceeded", "Your quota is spent.")
/// </code></example>
public sealed record FakeDifyRun
{
    private FakeDifyRun()
    {
    }

    internal IReadOnlyList<JsonObject> Sent { get; private init; } = [];

    internal HttpStatusCode Status { get; private init; } = HttpStatusCode.OK;

    internal string Code { get; private init; } = "";

    internal string Message { get; private init; } = "";

    /// <summary>What comes after the events.</summary>
    public FakeDifyEnd Ending { get; private init; }

    /// <summary>A run without any event as yet.</summary>
    public static FakeDifyRun Events() => new();

    /// <summary>A chat application's answer, streamed word by word, with what it used.</summary>
    public static FakeDifyRun Answer(string text) => Events().Text(text).End();

    /// <summary>A workflow that ends well with these outputs, given as an object that is written as JSON.</summary>
    public static FakeDifyRun Workflow(object outputs) => Events()
        .Event("workflow_started", new { data = new { id = "wf-1" } })
        .Event("workflow_finished", new { data = new { id = "wf-1", status = "succeeded", outputs, total_tokens = 12 } });

    /// <summary>A workflow that fails; Dify says so in its last event, not with an error.</summary>
    public static FakeDifyRun FailedWorkflow(string error) =>
        Events().Event("workflow_started", new { data = new { id = "wf-1" } }).Event("workflow_finished", new { data = new { id = "wf-1", status = "failed", error } });

    /// <summary>An error instead of a stream.</summary>
    public static FakeDifyRun Refuse(HttpStatusCode status, string code, string message) => new() { Status = status, Code = code, Message = message };

    /// <summary>Adds an event; its fields beside the common ones are given as an object that is written as JSON.</summary>
    public FakeDifyRun Event(string name, object? fields = null)
    {
        var message = fields is null ? [] : (JsonObject)JsonSerializer.SerializeToNode(fields)!;
        message["event"] = name;
        return this with { Sent = [.. Sent, message] };
    }

    /// <summary>Adds text, word by word.</summary>
    /// <param name="text">The text.</param>
    /// <param name="eventName"><c>message</c>, or <c>agent_message</c> as agent applications send.</param>
    public FakeDifyRun Text(string text, string eventName = "message") =>
        text.Split(' ').Select((word, index) => index == 0 ? word : " " + word).Aggregate(this, (run, word) => run.Event(eventName, new { answer = word }));

    /// <summary>Adds the end of a chat run, with what it used.</summary>
    public FakeDifyRun End() => Event("message_end", new { metadata = new { usage = new { prompt_tokens = 20, completion_tokens = 5, total_tokens = 25, total_price = "0.0012", currency = "USD" } } });

    /// <summary>Adds the keep-alive, which has no data.</summary>
    public FakeDifyRun Ping() => this with { Sent = [.. Sent, []] };

    /// <summary>After the events the connection breaks.</summary>
    public FakeDifyRun ThenCut() => this with { Ending = FakeDifyEnd.Cut };

    /// <summary>After the events nothing more comes, and the connection stays open.</summary>
    public FakeDifyRun ThenStall() => this with { Ending = FakeDifyEnd.Stall };
}

/// <summary>What comes after a run's events.</summary>
public enum FakeDifyEnd
{
    /// <summary>The end of the reply.</summary>
    Whole,

    /// <summary>The connection breaks.</summary>
    Cut,

    /// <summary>Nothing.</summary>
    Stall,
}
