using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using StreamingChatCompletionUpdate = OpenAI.Chat.StreamingChatCompletionUpdate;

namespace Wegent.Runtime.Agents.Chat;

/// <summary>Sees errors that OpenAI-like services send in the middle of a stream; the vendor's client passes over them.</summary>
internal sealed class OpenAIErrors(IChatClient inner) : DelegatingChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var update in base.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
#pragma warning disable SCME0001 // access to what the client has no property for is marked as still to change
            if (update.RawRepresentation is StreamingChatCompletionUpdate raw && raw.Patch.Contains("$.error"u8) && raw.Patch.TryGetJson("$.error"u8, out var error))
#pragma warning restore SCME0001
                throw ModelReplyException.Read(HttpStatusCode.OK, $$"""{"error":{{Encoding.UTF8.GetString(error.Span)}}}""", retryAfter: null);
            yield return update;
        }
    }
}
