using Wegent.Storage;

namespace Wegent.TestKit.Storage;

/// <summary>The promises of <see cref="IPortLeaseStore"/>.</summary>
public abstract class PortLeaseStoreContract : StoreContract
{
    [Fact]
    public async Task The_lowest_free_port_is_leased_until_none_is_left()
    {
        Assert.Equal([10001, 10002, 10003, null], [await LeaseAsync("a"), await LeaseAsync("b"), await LeaseAsync("c"), await LeaseAsync("d")]);

        await Ports.ReleaseAsync("e1", "b", Ct);
        Assert.Equal(10002, await LeaseAsync("d"));
        Assert.Equal([new(10001, "a", Now), new(10002, "d", Now), new(10003, "c", Now)], await Ports.ListAsync("e1", Ct));
    }

    [Fact]
    public async Task A_sandbox_that_has_a_port_gets_it_again()
    {
        var first = await LeaseAsync("a");
        Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(first, await LeaseAsync("a"));
        Assert.Equal(Now.AddMinutes(-1), Assert.Single(await Ports.ListAsync("e1", Ct)).LeasedAt);
    }

    [Fact]
    public async Task Ports_with_a_foreign_listener_are_passed_over_and_given_up()
    {
        Assert.Equal(10002, await LeaseAsync("a", 10001));
        Assert.Equal(10003, await LeaseAsync("a", 10001, 10002));
        Assert.Null(await LeaseAsync("a", 10001, 10002, 10003));

        Assert.Empty(await Ports.ListAsync("e1", Ct));
    }

    [Fact]
    public async Task Engines_do_not_share_ports()
    {
        Assert.Equal(10001, await LeaseAsync("a"));
        Assert.Equal(10001, await Ports.LeaseAsync("e2", "a", 10001, 10003, [], Ct));

        await Ports.ReleaseAsync("e2", "a", Ct);
        Assert.Single(await Ports.ListAsync("e1", Ct));
        Assert.Empty(await Ports.ListAsync("e2", Ct));
    }

    [Fact]
    public async Task Giving_back_what_one_does_not_have_does_nothing()
    {
        await Ports.ReleaseAsync("e1", "nobody", Ct);
        Assert.Empty(await Ports.ListAsync("e1", Ct));
    }

    [Fact]
    public async Task Many_at_once_never_get_one_port_twice()
    {
        var ports = await Task.WhenAll(Enumerable.Range(0, 120).Select(i => Task.Run(
            async () => await Ports.LeaseAsync("e1", $"s{i}", 10001, 10100, [], Ct), Ct)));

        var leased = ports.OfType<int>().ToList();
        Assert.Equal(100, leased.Count);
        Assert.Equal(Enumerable.Range(10001, 100), leased.Order());
    }

    private async Task<int?> LeaseAsync(string holder, params int[] except) => await Ports.LeaseAsync("e1", holder, 10001, 10003, except, Ct);
}
