using Microsoft.Extensions.AI;
using Wegent.Agents;

namespace Wegent.Runtime.Agents.Chat;

/// <summary>Where a run gets its client from: the application's own, or one for the model that the resource names.</summary>
/// <param name="models">Makes clients by resources.</param>
/// <param name="own">The application's own; null when it has none.</param>
internal sealed class ChatClientSource(ModelClients models, Func<AgentRequest, IChatClient>? own = null)
{
    /// <summary>The client of a run.</summary>
    /// <param name="request">The request.</param>
    /// <param name="running">Ends with the run.</param>
    /// <exception cref="WegentException">The request's settings name no model that can be spoken to.</exception>
    public Opened Open(AgentRequest request, CancellationToken running)
    {
        if (own is null)
            return new Opened(models.Create(request, running), $"the model service at {ChatModel.Of(request).Host}", IsOurs: true);
        return new Opened(own(request) ?? throw new WegentException("chat.no_client", "The application's chat client factory gave none. Return a client for each request."), "the model service", IsOurs: false);
    }

    /// <summary>A client for one run.</summary>
    /// <param name="Client">The client.</param>
    /// <param name="Service">What it speaks to, for messages.</param>
    /// <param name="IsOurs">Whether it was made for the run, and ends with it.</param>
    internal readonly record struct Opened(IChatClient Client, string Service, bool IsOurs) : IDisposable
    {
        /// <summary>Whether a stream that ends without a reason was cut off: the services we speak to always give one.</summary>
        public bool SaysWhyItStops => IsOurs;

        public void Dispose()
        {
            if (IsOurs)
                Client.Dispose();
        }
    }
}
