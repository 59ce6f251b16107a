using System.Text;
using Wegent.Runtime.Egress;

namespace Wegent.Runtime.Agents.Chat;

/// <summary>
/// Stands between a vendor's client and the wire: sets what identifies the caller, and turns every reply that is no answer into one
/// exception, whatever the vendor's client would have made of it.
/// </summary>
internal sealed class ModelGate(ChatModel model, TimeSpan silenceLimit, TimeProvider clock, CancellationToken running) : DelegatingHandler
{
    private const int MaxErrorBody = 16 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Identify(request);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var isPage = response.Content.Headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml";
        if (response.IsSuccessStatusCode && !isPage)
        {
            await GuardedContent.GuardAsync(response, silenceLimit, clock, running).ConfigureAwait(false);
            return response;
        }

        using (response)
        {
            var retryAfter = response.Headers.RetryAfter is { } header ? header.Delta ?? (header.Date is { } date && response.Headers.Date is { } sent && date > sent ? date - sent : null) : null;
            var body = isPage ? "" : await ReadStartAsync(response.Content, cancellationToken).ConfigureAwait(false);
            throw ModelReplyException.Read(response.StatusCode, body, retryAfter);
        }
    }

    private void Identify(HttpRequestMessage request)
    {
        if (model.Key is null)
        {
            // A service without keys, such as one on this machine; the vendor's client insists on sending one.
            request.Headers.Remove("Authorization");
            request.Headers.Remove("x-api-key");
        }
        else if (model is { Protocol: ChatProtocol.Anthropic, IsBearer: false } && !request.Headers.Contains("x-api-key") && !model.Host.EndsWith("anthropic.com", StringComparison.Ordinal))
        {
            // Services that speak Anthropic's protocol look for the key in either header.
            request.Headers.TryAddWithoutValidation("x-api-key", model.Key);
        }

        foreach (var (name, value) in model.Headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private static async Task<string> ReadStartAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[MaxErrorBody];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
    }
}
