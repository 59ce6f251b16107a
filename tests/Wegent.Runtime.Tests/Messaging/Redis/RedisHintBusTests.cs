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
    public async Task A_server_that_is_away_neither_fails_nor_delays_anyone()
    {
        var options = new CacheOptions { Provider = CacheProvider.Redis, ConnectionString = "127.0.0.1:1,connectTimeout=100" };
        await using var bus = new RedisHintBus(Options.Create(options), TimeProvider.System, NullLogger<RedisHintBus>.Instance);
        using var subscription = bus.Subscribe("a");

        bus.Publish("a");

        await subscription.WaitAsync(TimeSpan.FromHours(1), Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(1), Ct);
    }

    [Fact]
    public async Task A_topic_that_nobody_listens_to_any_more_is_unsubscribed()
    {
        await using var bus = Open(TimeProvider.System);
        var subscriptions = Enumerable.Range(0, 10).Select(_ => bus.Subscribe("a")).ToList();
        await UntilAsync(() => bus.IsSubscribed("a"));

        subscriptions.ForEach(static subscription => subscription.Dispose());

        await UntilAsync(() => !bus.IsSubscribed("a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("host:1,nonsense=1")]
    [InlineData("host:1,connectTimeout=soon,password=canary-redis")]
    public void A_connection_string_that_is_none_is_refused_by_its_key_and_without_its_password(string connectionString)
    {
        var result = new CacheOptionsRules().Validate(null, new CacheOptions { Provider = CacheProvider.Redis, ConnectionString = connectionString });

        Assert.Contains("Wegent:Cache:ConnectionString", result.FailureMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-redis", result.FailureMessage, StringComparison.Ordinal);
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
