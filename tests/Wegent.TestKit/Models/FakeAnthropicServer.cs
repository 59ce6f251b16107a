using System.Net;
using System.Text.Json.Nodes;

namespace Wegent.TestKit.Models;

/// <summary>A scripted model service that speaks Anthropic's Messages API, streaming and not, and counts tokens.</summary>
/// <example><code>
/// await using var model = await FakeAnthropicServer.StartAsync(cancellationToken: ct);
/// model.Enqueue(
///     FakeModelTurn.UseTool("Write", new { file_path = "hello.txt", content = "hello\n" }),
///     FakeModelTurn.Say("Written."));
/// // ... run an agent with base_url = model.BaseUrl and any api_key ...
/// Assert.Equal(2, model.Requests.Count);
/// </code></example>
public sealed class FakeAnthropicServer : FakeModelServer
{
    private FakeAnthropicServer(IPAddress address, int port)
        : base(address, port)
    {
    }

    /// <summary>Starts a server.</summary>
    /// <param name="address">Address to listen on; null means loopback. Containers on a bridge network reach the host by the bridge's gateway address.</param>
    /// <param name="port">Port to listen on; 0 means a free one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<FakeAnthropicServer> StartAsync(IPAddress? address = null, int port = 0, CancellationToken cancellationToken = default)
    {
        var server = new FakeAnthropicServer(address ?? IPAddress.Loopback, port);
        await server.StartAsync(cancellationToken);
        return server;
    }

    private protected override bool IsMessagePath(string path) => path.EndsWith("/v1/messages", StringComparison.Ordinal);

    private protected override IModelWire CreateWire(FakeModelTurn turn, FakeModelRequest request) => new AnthropicWire(turn, $"msg_fake_{request.Number:0000}", request.Model);

    private protected override JsonObject? AnswerOther(FakeModelRequest request) =>
        request.Path.Split('?')[0].EndsWith("/v1/messages/count_tokens", StringComparison.Ordinal) ? new() { ["input_tokens"] = request.Body.GetRawText().Length / 4 } : null;
}
