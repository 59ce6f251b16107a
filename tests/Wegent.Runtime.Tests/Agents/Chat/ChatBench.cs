using Microsoft.Extensions.DependencyInjection;
using Wegent.Agents;
using Wegent.Runtime.Agents.Chat;
using Wegent.Runtime.Egress;
using Wegent.Tasks;
using Wegent.TestKit.Agents;
using Wegent.TestKit.Models;

namespace Wegent.Runtime.Tests.Agents.Chat;

/// <summary>The agent as an application gets it, against a scripted service of either protocol.</summary>
internal sealed class ChatBench : IAsyncDisposable
{
    public const string Key = "sk-test-4711-not-to-be-seen";

    private ServiceProvider? _services;

    private ChatBench(FakeModelServer model, string protocol) => (Model, Protocol) = (model, protocol);

    public FakeModelServer Model { get; }

    public string Protocol { get; }

    public Action<ChatAgentOptions> Configure { get; set; } = static _ => { };

    public bool AllowPrivateNetworks { get; set; } = true;

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<ChatBench> StartAsync(string protocol) => new(
        protocol == "claude" ? await FakeAnthropicServer.StartAsync(cancellationToken: Ct) : await FakeOpenAIServer.StartAsync(cancellationToken: Ct),
        protocol);

    public IHostedAgent CreateAgent()
    {
        var services = new ServiceCollection();
        services.AddWegent().UseInMemoryStorage().AddChatAgent(options =>
        {
            options.MaxRetries = 2;
            Configure(options);
        });
        services.Configure<EgressOptions>(options => options.AllowPrivateNetworks = AllowPrivateNetworks);
        _services = services.BuildServiceProvider();
        return Assert.IsAssignableFrom<IHostedAgent>(Assert.Single(_services.GetServices<IAgent>()));
    }

    public AgentRequest Request(string prompt = "hello", IReadOnlyList<Subtask>? history = null) => new()
    {
        TaskId = 1,
        SubtaskId = 9,
        Attempt = 1,
        BotName = "helper",
        Prompt = prompt,
        SystemPrompt = "You are helpful.",
        Model = new Dictionary<string, string> { ["model_id"] = "test-model", ["api_key"] = Key, ["base_url"] = Model.BaseUrl },
        ModelProtocol = Protocol,
        History = history ?? [],
    };

    public async Task<List<AgentEvent>> RunAsync(AgentRequest? request = null)
    {
        List<AgentEvent> events = [];
        await foreach (var agentEvent in CreateAgent().RunAsync(request ?? Request(), Ct))
            events.Add(agentEvent);
        return events;
    }

    public async Task<string> TextAsync(AgentRequest? request = null) => AgentEventText.Write(await RunAsync(request));

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
            await _services.DisposeAsync();
        await Model.DisposeAsync();
    }
}
