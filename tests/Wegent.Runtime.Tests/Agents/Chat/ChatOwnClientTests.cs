using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Wegent.Agents;
using Wegent.TestKit.Agents;

namespace Wegent.Runtime.Tests.Agents.Chat;

/// <summary>The agent with a client of the application's own; and, since that needs no network, what every agent promises.</summary>
public sealed class ChatOwnClientTests : HostedAgentContract, IDisposable
{
    private readonly List<ServiceProvider> _services = [];

    public void Dispose() => _services.ForEach(services => services.Dispose());

    protected override IHostedAgent CreateAgent(TimeProvider clock)
    {
        var services = new ServiceCollection();
        services.AddSingleton(clock);
        services.AddWegent().UseInMemoryStorage().AddChatAgent(options => options.SilenceTimeout = Timeout.InfiniteTimeSpan, createClient: (_, request) => new SlowClient(clock, $"I was given {request.Model["api_key"]} and say nothing of it."));
        _services.Add(services.BuildServiceProvider());
        return (IHostedAgent)_services[^1].GetRequiredService<IAgent>();
    }

    [Fact]
    public async Task It_answers_with_the_applications_client_which_need_not_say_why_it_stops()
    {
        var events = await RunAsync();

        Assert.Equal("I was given *** and say nothing of it.", AgentEventText.AnswerOf(events));
        Assert.IsType<AgentCompleted>(events[^1]);
    }

    private sealed class SlowClient(TimeProvider clock, string answer) : IChatClient
    {
        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (var piece in answer.Chunk(3))
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, new string(piece));
                await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
            }
        }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose() => Assert.Fail("the application's client is not ours to dispose");
    }
}
