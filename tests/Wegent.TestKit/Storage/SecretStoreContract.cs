using Wegent.Storage;

namespace Wegent.TestKit.Storage;

/// <summary>The promises of <see cref="ISecretStore"/>.</summary>
public abstract class SecretStoreContract : StoreContract
{
    [Fact]
    public async Task A_secret_is_its_owners_alone_and_has_its_last_value()
    {
        await Secrets.SetAsync("ada", "KEY", "enc:1", Ct);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Secrets.SetAsync("ada", "KEY", "enc:2", Ct);
        await Secrets.SetAsync("ada", "key", "enc:3", Ct);
        await Secrets.SetAsync("bob", "KEY", "enc:4", Ct);

        Assert.Equal("enc:2", await Secrets.FindAsync("ada", "KEY", Ct));
        Assert.Equal("enc:3", await Secrets.FindAsync("ada", "key", Ct));
        Assert.Equal("enc:4", await Secrets.FindAsync("bob", "KEY", Ct));
        Assert.Null(await Secrets.FindAsync("eve", "KEY", Ct));
        Assert.Equal([new SecretInfo("KEY", Now), new SecretInfo("key", Now)], await Secrets.ListAsync("ada", Ct));
    }

    [Fact]
    public async Task A_removed_secret_is_gone_and_can_be_set_again()
    {
        await Secrets.SetAsync("ada", "KEY", "enc:1", Ct);

        Assert.False(await Secrets.RemoveAsync("bob", "KEY", Ct));
        Assert.True(await Secrets.RemoveAsync("ada", "KEY", Ct));
        Assert.False(await Secrets.RemoveAsync("ada", "KEY", Ct));
        Assert.Null(await Secrets.FindAsync("ada", "KEY", Ct));

        await Secrets.SetAsync("ada", "KEY", "enc:2", Ct);
        Assert.Equal("enc:2", await Secrets.FindAsync("ada", "KEY", Ct));
    }

    [Fact]
    public async Task Many_who_set_one_secret_at_once_leave_one()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () => await Secrets.SetAsync("ada", "KEY", $"enc:{i}", Ct), Ct)));

        Assert.Single(await Secrets.ListAsync("ada", Ct));
    }
}
