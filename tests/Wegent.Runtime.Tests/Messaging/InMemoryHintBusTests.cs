using Wegent.Messaging;
using Wegent.Runtime.Messaging;
using Wegent.TestKit.Messaging;

namespace Wegent.Runtime.Tests.Messaging;

public sealed class InMemoryHintBusTests : HintBusContract
{
    protected override ValueTask<IHintBus> OpenAsync(TimeProvider clock) => new(new InMemoryHintBus(clock));

    [Fact]
    public void A_topic_without_listeners_is_forgotten()
    {
        var bus = (InMemoryHintBus)Bus;
        var subscriptions = Enumerable.Range(0, 100).Select(i => bus.Subscribe($"task:{i % 10}")).ToList();
        Assert.Equal(10, bus.TopicCount);

        subscriptions.ForEach(static subscription => subscription.Dispose());
        bus.Publish("task:1");

        Assert.Equal(0, bus.TopicCount);
    }
}
