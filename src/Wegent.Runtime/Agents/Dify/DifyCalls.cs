using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Wegent.Runtime.Egress;

namespace Wegent.Runtime.Agents.Dify;

/// <summary>Dify's service API, as far as it is used, for the application of one run.</summary>
internal sealed class DifyCalls(EgressHttp http, DifySettings settings, string user, DifyAgentOptions options, TimeProvider clock) : IDisposable
{
    private const int MaxReply = 64 * 1024;

    private readonly HttpClient _client = http.CreateClient();

    /// <summary>What kind of application it is; null when the server does not say.</summary>
    /// <exception cref="DifyException">The key is refused.</exception>
    public async Task<DifyMode?> FindModeAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ShortTimeout, clock);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var request = Request(HttpMethod.Get, "info");
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ends.Token).ConfigureAwait(false);
            var body = await ReadStartAsync(response, ends.Token).ConfigureAwait(false);
            if ((int)response.StatusCode == 401)
                throw DifyException.Read(401, body);
            if (!response.IsSuccessStatusCode)
                return null;
            using var document = JsonDocument.Parse(body);
            return document.RootElement.GetText("mode") switch
            {
                "workflow" => DifyMode.Workflow,
                "completion" => DifyMode.Completion,
                null => null,
                _ => DifyMode.Chat,
            };
        }
        catch (Exception error) when (error is JsonException or HttpRequestException { InnerException: not EgressRefusedException } or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null; // whatever is wrong shows in the call that matters
        }
    }

    /// <summary>Starts a run; its reply is a stream of events.</summary>
    /// <exception cref="DifyException">It was not taken.</exception>
    public async Task<HttpResponseMessage> StartAsync(DifyMode mode, string prompt, string? conversation, CancellationToken cancellationToken)
    {
        var inputs = (JsonObject)settings.Inputs.DeepClone();
        var body = new JsonObject { ["inputs"] = inputs, ["response_mode"] = "streaming", ["user"] = user };
        if (mode == DifyMode.Chat)
        {
            body["query"] = prompt;
            body["conversation_id"] = conversation ?? "";
            body["auto_generate_name"] = true;
        }
        else if (!inputs.ContainsKey("query") && !inputs.ContainsKey("user_query"))
        {
            inputs["query"] = prompt;
        }

        using var request = Request(HttpMethod.Post, PathOf(mode));
        request.Content = Json(body);
        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        try
        {
            if (!response.IsSuccessStatusCode)
                throw DifyException.Read((int)response.StatusCode, await ReadStartAsync(response, cancellationToken).ConfigureAwait(false));
            if (response.Content.Headers.ContentType?.MediaType is not "text/event-stream")
                throw new DifyException(200, "no_stream", "the reply is no stream of events; is that Dify's address?");
            await GuardedContent.GuardAsync(response, options.SilenceTimeout, clock, cancellationToken).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>Asks the application to stop. It is a request: what comes of it, nobody waits for.</summary>
    public async Task StopAsync(DifyMode mode, string runId)
    {
        using var timeout = new CancellationTokenSource(options.ShortTimeout, clock);
        try
        {
            var path = mode == DifyMode.Workflow ? $"workflows/tasks/{Uri.EscapeDataString(runId)}/stop" : $"{PathOf(mode)}/{Uri.EscapeDataString(runId)}/stop";
            using var request = Request(HttpMethod.Post, path);
            request.Content = Json(new JsonObject { ["user"] = user });
            using var response = await _client.SendAsync(request, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            // The connection was dropped as well, which ends a run on most servers.
        }
    }

    public void Dispose() => _client.Dispose();

    private static string PathOf(DifyMode mode) => mode switch
    {
        DifyMode.Completion => "completion-messages",
        DifyMode.Workflow => "workflows/run",
        _ => "chat-messages",
    };

    private static StringContent Json(JsonObject body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");

    private static async Task<string> ReadStartAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[MaxReply];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string path) =>
        new(method, new Uri(settings.Address, path)) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", settings.Key) } };
}
