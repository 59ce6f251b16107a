using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Wegent.Messaging;
using Wegent.Runtime.Messaging;
using Wegent.Runtime.Messaging.Redis;

namespace Wegent.Runtime.Tests.Messaging.Redis;

/// <summary>Where no Redis answers: these need no server.</summary>
public sealed class RedisAwayTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

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
    public void It_can_be_disposed_with_and_without_waiting_also_while_it_still_connects()
    {
        var services = new ServiceCollection();
        services.AddWegent().UseInMemoryStorage().UseRedis("127.0.0.1:1");
        var provider = services.BuildServiceProvider();
        _ = provider.GetRequiredService<IHintBus>();

        provider.Dispose();
        provider.Dispose();
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
}
