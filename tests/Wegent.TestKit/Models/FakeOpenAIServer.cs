using System.Net;

namespace Wegent.TestKit.Models;

/// <summary>A scripted model service that speaks OpenAI's chat completions, streaming and not, with reasoning in the form of the services that show it.</summary>
/// <example><code>
/// await using var model = await FakeOpenAIServer.StartAsync(cancellationToken: ct);
/// model.Enqueue(FakeModelTurn.Say("Hello."), FakeModelTurn.RateLimited(retryAfter: TimeSpan.FromSeconds(1)));
/// // ... run an agent with base_url = model.BaseUrl + "/v1" and any api_key ...
/// </code></example>
public sealed class FakeOpenAIServer : FakeModelServer
{
    private FakeOpenAIServer(IPAddress address, int port)
        : base(address, port)
    {
    }

    /// <summary>Starts a server.</summary>
    /// <param name="address">Address to listen on; null means loopback.</param>
    /// <param name="port">Port to listen on; 0 means a free one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<FakeOpenAIServer> StartAsync(IPAddress? address = null, int port = 0, CancellationToken cancellationToken = default)
    {
        var server = new FakeOpenAIServer(address ?? IPAddress.Loopback, port);
        await server.StartAsync(cancellationToken);
        return server;
    }

    private protected override bool IsMessagePath(string path) => path.EndsWith("/chat/completions", StringComparison.Ordinal);

    private protected override IModelWire CreateWire(FakeModelTurn turn, FakeModelRequest request) => new OpenAIWire(turn, request);
}
