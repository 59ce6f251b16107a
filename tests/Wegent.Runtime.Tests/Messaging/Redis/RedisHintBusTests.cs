using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Wegent.Messaging;
using Wegent.Runtime.Messaging;
using Wegent.Runtime.Messaging.Redis;
using Wegent.TestKit;
using Wegent.TestKit.Messaging;

namespace Wegent.Runtime.Tests.Messaging.Redis;

/// <summary>One host alone: hints take the short way.</summary>
public sealed class RedisHintBusTests : HintBusContract
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected override ValueTask<IHintBus> OpenAsync(TimeProvider clock) => new(Open(clock));

    [Fact]
    public async Task A_topic_that_nobody_listens_to_any_more_is_unsubscribed()
    {
        await using var bus = Open(TimeProvider.System);
        var subscriptions = Enumerable.Range(0, 10).Select(_ => bus.Subscribe("a")).ToList();
        await UntilAsync(() => bus.IsSubscribed("a"));

        subscriptions.ForEach(static subscription => subscription.Dispose());

        await UntilAsync(() => !bus.IsSubscribed("a"));
    }

    internal static RedisHintBus Open(TimeProvider clock, string? prefix = null) => new(
        Options.Create(new CacheOptions { Provider = CacheProvider.Redis, ConnectionString = TestServices.Redis, Prefix = prefix ?? Guid.NewGuid().ToString("N") }),
        clock,
        NullLogger<RedisHintBus>.Instance);

    internal static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (!holds())
            await Task.Delay(5, patience.Token);
    }
}
