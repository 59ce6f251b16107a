using Wegent.Messaging;
using Wegent.Runtime.Messaging.Redis;
using Wegent.TestKit.Messaging;

namespace Wegent.Runtime.Tests.Messaging.Redis;

/// <summary>Two hosts on one Redis: what one publishes wakes who listens on the other.</summary>
public sealed class TwoHostsHintBusTests : HintBusContract
{
    protected override ValueTask<IHintBus> OpenAsync(TimeProvider clock)
    {
        var prefix = Guid.NewGuid().ToString("N");
        return new(new Pair(RedisHintBusTests.Open(clock, prefix), RedisHintBusTests.Open(clock, prefix)));
    }

    protected override async ValueTask SettleAsync() => await ((Pair)Bus).SettleAsync();

    private sealed class Pair(RedisHintBus speaker, RedisHintBus listener) : IHintBus, IAsyncDisposable
    {
        public void Publish(string topic) => speaker.Publish(topic);

        // Returns when hints arrive, and without the one that says "what came before was missed".
        public IHintSubscription Subscribe(string topic)
        {
            var subscription = listener.Subscribe(topic);
            RedisHintBusTests.UntilAsync(() => listener.IsSubscribed(topic) && speaker.IsConnected).GetAwaiter().GetResult();
            subscription.WaitAsync(TimeSpan.Zero, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            return subscription;
        }

        // Hints of one connection arrive in order: the last one says that all are there.
        public async ValueTask SettleAsync()
        {
            using var marker = Subscribe("settle");
            speaker.Publish("settle");
            await marker.WaitAsync(TimeSpan.FromHours(1), CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            await speaker.DisposeAsync();
            await listener.DisposeAsync();
        }
    }
}
