using Microsoft.Extensions.Time.Testing;
using Wegent.Messaging;

namespace Wegent.TestKit.Messaging;

/// <summary>The promises of <see cref="IHintBus"/>. A bus that spans hosts passes them too; how long a hint may take is the implementation's to say.</summary>
public abstract class HintBusContract : IAsyncLifetime
{
    private IHintBus? _bus;

    /// <summary>The time of the bus under test.</summary>
    protected FakeTimeProvider Clock { get; } = new();

    /// <summary>The bus under test.</summary>
    protected IHintBus Bus => _bus ?? throw new InvalidOperationException("The test has not begun.");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Opens a bus that nobody else uses.</summary>
    protected abstract ValueTask<IHintBus> OpenAsync(TimeProvider clock);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _bus = await OpenAsync(Clock);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_bus is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_hint_wakes_every_waiter_of_its_topic_and_no_other()
    {
        using var first = Bus.Subscribe("a");
        using var second = Bus.Subscribe("a");
        using var other = Bus.Subscribe("b");
        var waits = new[] { WaitAsync(first), WaitAsync(second) };
        var otherWait = WaitAsync(other);

        Bus.Publish("a");

        await Task.WhenAll(waits).WaitAsync(TimeSpan.FromSeconds(10), Ct);
        Assert.False(otherWait.IsCompleted);
    }

    [Fact]
    public async Task Hints_that_come_while_nobody_waits_are_kept_as_one()
    {
        using var subscription = Bus.Subscribe("a");
        using var witness = Bus.Subscribe("a");
        for (var i = 0; i < 1000; i++)
            Bus.Publish("a");
        await WaitAsync(witness).WaitAsync(TimeSpan.FromSeconds(10), Ct);

        await WaitAsync(subscription).WaitAsync(TimeSpan.FromSeconds(10), Ct);
        await SettleAsync();
        await subscription.WaitAsync(TimeSpan.Zero, Ct); // where hints travel, one may have come late
        var next = WaitAsync(subscription);

        Assert.False(next.IsCompleted);
    }

    [Fact]
    public async Task A_wait_ends_when_its_time_is_over()
    {
        using var subscription = Bus.Subscribe("a");
        var wait = subscription.WaitAsync(TimeSpan.FromSeconds(5), Ct).AsTask();

        Clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(wait.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(0.1));

        await wait.WaitAsync(TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task A_hint_after_a_wait_that_ended_by_time_is_kept_for_the_next()
    {
        using var subscription = Bus.Subscribe("a");
        var first = subscription.WaitAsync(TimeSpan.FromSeconds(5), Ct).AsTask();
        Clock.Advance(TimeSpan.FromSeconds(5));
        await first;

        Bus.Publish("a");

        await WaitAsync(subscription).WaitAsync(TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task A_wait_ends_when_it_is_cancelled_and_the_next_one_works()
    {
        using var subscription = Bus.Subscribe("a");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var wait = subscription.WaitAsync(Timeout.InfiniteTimeSpan, cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await subscription.WaitAsync(Timeout.InfiniteTimeSpan, cancel.Token));
        Bus.Publish("a");
        await WaitAsync(subscription).WaitAsync(TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task Disposing_ends_a_wait_and_may_be_done_twice()
    {
        var subscription = Bus.Subscribe("a");
        var wait = WaitAsync(subscription);

        subscription.Dispose();
        subscription.Dispose();

        await wait.WaitAsync(TimeSpan.FromSeconds(10), Ct);
        Bus.Publish("a");
    }

    [Fact]
    public async Task Coming_and_going_listeners_do_not_lose_hints_of_others()
    {
        for (var round = 0; round < 200; round++)
        {
            var subscriptions = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
                () =>
                {
                    var subscription = Bus.Subscribe("a");
                    if (i % 2 == 1)
                        subscription.Dispose();
                    return subscription;
                },
                Ct)));

            Bus.Publish("a");
            for (var i = 0; i < 8; i += 2)
            {
                await WaitAsync(subscriptions[i]).WaitAsync(TimeSpan.FromSeconds(10), Ct);
                subscriptions[i].Dispose();
            }
        }
    }

    /// <summary>Waits until hints under way have arrived; at once for a bus within the process.</summary>
    protected virtual ValueTask SettleAsync() => default;

    private static Task WaitAsync(IHintSubscription subscription) => subscription.WaitAsync(TimeSpan.FromHours(1), Ct).AsTask();
}
