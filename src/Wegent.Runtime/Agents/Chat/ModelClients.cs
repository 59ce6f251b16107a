using System.ClientModel;
using System.ClientModel.Primitives;
using Anthropic;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;
using Wegent.Agents;
using Wegent.Runtime.Egress;

namespace Wegent.Runtime.Agents.Chat;

/// <summary>Makes clients for the models that resources name. The only place that knows the vendors' packages.</summary>
/// <remarks>Repetitions and timeouts are the agent's: the vendors' own are turned off, as are the credentials that they would look for in the environment.</remarks>
internal sealed class ModelClients(EgressHttp http, IOptions<ChatAgentOptions> options, TimeProvider clock)
{
    private const string NoKey = "none"; // never leaves: see ModelGate

    /// <summary>A client for the model of a request; the caller disposes it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="running">Ends every call, however far it is.</param>
    /// <exception cref="WegentException">The request's settings name no model that can be spoken to.</exception>
    public IChatClient Create(AgentRequest request, CancellationToken running)
    {
        var model = ChatModel.Of(request);
        var client = http.CreateClient(new ModelGate(model, options.Value.SilenceTimeout, clock, running));
        return model.Protocol switch
        {
            ChatProtocol.Anthropic => CreateAnthropic(model, client, request.ModelMaxOutputTokens ?? options.Value.MaxOutputTokens),
#pragma warning disable OPENAI001 // the responses client is marked as still to change
            ChatProtocol.OpenAIResponses => new ResponsesClient(KeyOf(model), OptionsOf<ResponsesClientOptions>(model, client, static (options, address) => options.Endpoint = address)).AsIChatClient(model.Id),
#pragma warning restore OPENAI001
            _ => new OpenAIErrors(new ChatClient(model.Id, KeyOf(model), OptionsOf<OpenAIClientOptions>(model, client, static (options, address) => options.Endpoint = address)).AsIChatClient()),
        };
    }

    private static IChatClient CreateAnthropic(ChatModel model, HttpClient client, int maxOutputTokens)
    {
        var anthropic = new AnthropicClient
        {
            HttpClient = client,
            BaseUrl = model.Address.AbsoluteUri.TrimEnd('/'),
            MaxRetries = 0,
            Timeout = TimeSpan.FromDays(1),
            ApiKey = model.IsBearer ? null : model.Key ?? NoKey,
            AuthToken = model.IsBearer ? model.Key : null,
        };
        return anthropic.AsIChatClient(model.Id, maxOutputTokens);
    }

    private static ApiKeyCredential KeyOf(ChatModel model) => new(model.Key ?? NoKey);

    private static TOptions OptionsOf<TOptions>(ChatModel model, HttpClient client, Action<TOptions, Uri> setEndpoint)
        where TOptions : ClientPipelineOptions, new()
    {
        var options = new TOptions
        {
            Transport = new HttpClientPipelineTransport(client),
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = TimeSpan.FromDays(1),
        };
        setEndpoint(options, model.Address);
        return options;
    }
}
