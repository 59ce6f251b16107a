using Wegent.Storage;

namespace Wegent.TestKit.Storage;

/// <summary>The promises of <see cref="IUserStore"/>.</summary>
public abstract class UserStoreContract : StoreContract
{
    [Fact]
    public async Task A_user_is_found_by_id_and_by_name_in_any_case()
    {
        var ada = await Users.CreateAsync(new("Ada", "admin", "hash"), Ct);

        Assert.True(ada.Id > 0);
        Assert.Equal(("Ada", "admin", "hash", true, 0, Now), (ada.UserName, ada.Role, ada.PasswordHash, ada.IsActive, ada.TokenVersion, ada.CreatedAt));
        Assert.Equal(ada, await Users.FindAsync(ada.Id, Ct));
        Assert.Equal(ada, await Users.FindByNameAsync("aDA", Ct));
        Assert.Null(await Users.FindByNameAsync("bob", Ct));
        Assert.Null(await Users.FindAsync(4711, Ct));
    }

    [Fact]
    public async Task A_name_is_unique_without_regard_to_case()
    {
        await Users.CreateAsync(new("\u00c4da", "user", null), Ct);

        var taken = await Assert.ThrowsAsync<ConflictException>(async () => await Users.CreateAsync(new("\u00e4DA", "user", null), Ct));

        Assert.Equal("user.exists", taken.Code);
        Assert.Single(await Users.ListAsync(Ct));
    }

    [Fact]
    public async Task Many_at_once_with_one_name_make_one_user()
    {
        var created = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(TryCreateAsync, Ct)));

        Assert.Single(created, static one => one);

        async Task<bool> TryCreateAsync()
        {
            try
            {
                await Users.CreateAsync(new("ada", "user", null), Ct);
                return true;
            }
            catch (ConflictException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Users_are_listed_by_name()
    {
        foreach (var name in new[] { "zoe", "Ada", "bob" })
            await Users.CreateAsync(new(name, "user", null), Ct);

        Assert.Equal(["Ada", "bob", "zoe"], (await Users.ListAsync(Ct)).Select(static user => user.UserName));
    }

    [Fact]
    public async Task A_change_replaces_what_it_gives_and_leaves_the_rest()
    {
        var ada = await Users.CreateAsync(new("ada", "user", "one"), Ct);
        await Users.CreateAsync(new("bob", "user", "b"), Ct);

        Assert.Equal(ada with { PasswordHash = "two" }, await Users.UpdateAsync(ada.Id, new(PasswordHash: "two"), Ct));
        Assert.Equal(ada with { PasswordHash = "two", Role = "admin", IsActive = false }, await Users.UpdateAsync(ada.Id, new(Role: "admin", IsActive: false), Ct));
        Assert.Equal(1, (await Users.UpdateAsync(ada.Id, new(EndTokens: true), Ct))?.TokenVersion);
        Assert.Equal(2, (await Users.UpdateAsync(ada.Id, new(EndTokens: true), Ct))?.TokenVersion);
        Assert.Equal(("two", "admin", false, 2), await StandAsync());
        Assert.Null(await Users.UpdateAsync(4711, new(Role: "admin"), Ct));
        Assert.Equal("b", (await Users.FindByNameAsync("bob", Ct))?.PasswordHash);

        async Task<(string?, string, bool, int)> StandAsync()
        {
            var now = await Users.FindAsync(ada.Id, Ct);
            return (now!.PasswordHash, now.Role, now.IsActive, now.TokenVersion);
        }
    }

    [Fact]
    public async Task Names_and_roles_that_cannot_be_are_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Users.CreateAsync(new("", "user", null), Ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Users.CreateAsync(new("System", "user", null), Ct)); // owns what is public
        await Assert.ThrowsAsync<ArgumentException>(async () => await Users.CreateAsync(new(new string('a', 65), "user", null), Ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Users.CreateAsync(new("ada", "root", null), Ct));
        var ada = await Users.CreateAsync(new("ada", "user", null), Ct);
        await Assert.ThrowsAsync<ArgumentException>(async () => await Users.UpdateAsync(ada.Id, new(Role: "root"), Ct));
    }

    [Fact]
    public async Task A_key_is_found_by_its_hash_with_its_user_and_is_gone_once_removed()
    {
        var ada = await Users.CreateAsync(new("Ada", "user", "hash"), Ct);
        var bob = await Users.CreateAsync(new("Bob", "user", null), Ct);

        var key = await Users.AddKeyAsync(new(ada.Id, "build server", "h1", "wxyz", "read", Now.AddDays(7)), 10, Ct);
        var other = await Users.AddKeyAsync(new(ada.Id, "laptop", "h2", "abcd", "full", null), 10, Ct);

        Assert.Equal(("build server", "wxyz", "read", Now, Now.AddDays(7)), (key.Name, key.Hint, key.Scope, key.CreatedAt, key.ExpiresAt));
        Assert.Equal((key, ada), await Users.FindKeyAsync("h1", Ct));
        Assert.Null(await Users.FindKeyAsync("h3", Ct));
        Assert.Equal([key, other], await Users.ListKeysAsync(ada.Id, Ct));
        Assert.Empty(await Users.ListKeysAsync(bob.Id, Ct));

        Assert.False(await Users.RemoveKeyAsync(bob.Id, key.Id, Ct));
        Assert.True(await Users.RemoveKeyAsync(ada.Id, key.Id, Ct));
        Assert.False(await Users.RemoveKeyAsync(ada.Id, key.Id, Ct));
        Assert.Null(await Users.FindKeyAsync("h1", Ct));
        Assert.Equal([other], await Users.ListKeysAsync(ada.Id, Ct));
    }

    [Fact]
    public async Task A_user_has_no_more_keys_than_allowed_however_many_are_asked_for_at_once()
    {
        var ada = await Users.CreateAsync(new("Ada", "user", "hash"), Ct);

        var added = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => TryAddAsync(i), Ct)));

        Assert.Equal(5, added.Count(static one => one));
        Assert.Equal(5, (await Users.ListKeysAsync(ada.Id, Ct)).Count);
        Assert.Equal("user.not_found", (await Assert.ThrowsAsync<NotFoundException>(async () => await Users.AddKeyAsync(new(4711, "k", "h", "h", "full", null), 5, Ct))).Code);

        async Task<bool> TryAddAsync(int i)
        {
            try
            {
                await Users.AddKeyAsync(new(ada.Id, $"key {i}", $"h{i}", "hint", "full", null), 5, Ct);
                return true;
            }
            catch (ConflictException refused) when (refused.Code == "api_key.too_many")
            {
                return false;
            }
        }
    }
}
