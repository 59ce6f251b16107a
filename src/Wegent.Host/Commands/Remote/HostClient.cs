using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Wegent.Hosting.Commands.Remote;

/// <summary>Speaks to a host: bodies in, JSON out, problems as exceptions.</summary>
internal sealed class HostClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _server;

    /// <param name="server">Address of the host.</param>
    /// <param name="token">Token or API key; null to come as nobody.</param>
    public HostClient(string server, string? token)
    {
        _server = server;
        _http = new HttpClient { BaseAddress = new Uri(server.TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("wegent", Api.ApiDescription.Version));
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, "", cancellationToken);

    public Task<JsonElement> PostAsync(string path, string body, string type, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, body, type, cancellationToken);

    /// <summary>Sends a request and reads the answer; an answer without a body is an element of kind Undefined.</summary>
    /// <exception cref="HostException">The host refuses.</exception>
    /// <exception cref="UnavailableException">It does not answer.</exception>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, string? body, string type, CancellationToken cancellationToken)
    {
        using var reply = await OpenAsync(method, path, body, type, cancellationToken);
        var text = await reply.Content.ReadAsStringAsync(cancellationToken);
        if (text.Length == 0)
            return default;
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 128 });
        return document.RootElement.Clone();
    }

    /// <summary>The same for answers that are text.</summary>
    public async Task<string> GetTextAsync(string path, CancellationToken cancellationToken)
    {
        using var reply = await OpenAsync(HttpMethod.Get, path, null, "", cancellationToken);
        return await reply.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>Opens an answer that is read line by line, for as long as it takes.</summary>
    public async Task<HttpResponseMessage> OpenAsync(HttpMethod method, string path, string? body, string type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path.TrimStart('/'));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        }

        HttpResponseMessage reply;
        try
        {
            reply = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException error)
        {
            throw new UnavailableException("host.unavailable", $"No host answers at {_server}: {error.Message}. Start one with 'wegent serve', or name another with --server.", error);
        }

        if (reply.IsSuccessStatusCode)
            return reply;
        using (reply)
            throw await ProblemOfAsync(reply, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HostException> ProblemOfAsync(HttpResponseMessage reply, CancellationToken cancellationToken)
    {
        var status = (int)reply.StatusCode;
        var text = await reply.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(text);
            var problem = document.RootElement;
            var code = problem.GetProperty("code").GetString()!;
            var detail = status == StatusCodes.Status401Unauthorized ? $"You are not signed in to {_server}, or no longer. Sign in with: wegent login --server {_server}" : problem.GetProperty("detail").GetString()!;
            return new HostException(status, code, detail, problem.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array ? errors.Clone() : null);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new HostException(status, "host.unknown", $"{_server} answered {status} {reply.ReasonPhrase}, and not as a Wegent host does. Check the address.", null);
        }
    }
}
