using Wegent.Resources;
using Wegent.Storage;

namespace Wegent.TestKit.Storage;

/// <summary>The promises of <see cref="IResourceStore"/>.</summary>
public abstract class ResourceStoreContract : StoreContract
{
    private static ResourceKey Key(string name, string kind = "Bot", string space = "default", string owner = "ada") => new(owner, space, kind, name);

    [Fact]
    public async Task A_resource_is_created_read_changed_and_deleted()
    {
        var created = await PutAsync(Key("a"), Document("one"), 0);
        Clock.Advance(TimeSpan.FromSeconds(1));
        var changed = await PutAsync(Key("a"), Document("two"), created.Version);

        Assert.Equal((Key("a"), Document("one"), 1L, Now.AddSeconds(-1), Now.AddSeconds(-1)), (created.Key, created.Document, created.Generation, created.CreatedAt, created.UpdatedAt));
        Assert.True(Guid.TryParse(created.Uid, out _));
        Assert.Equal((created.Uid, 2L, created.CreatedAt, Now, Document("two")), (changed.Uid, changed.Generation, changed.CreatedAt, changed.UpdatedAt, changed.Document));
        Assert.True(changed.Version > created.Version);
        Assert.Equal(changed, await Resources.FindAsync(Key("a"), Ct));

        var deleted = await Resources.CommitAsync([new(Key("a"), null, changed.Version)], Ct);

        Assert.Equal([null], deleted);
        Assert.Null(await Resources.FindAsync(Key("a"), Ct));
    }

    [Fact]
    public async Task A_stale_put_is_refused_and_writes_nothing()
    {
        var first = await PutAsync(Key("a"), Document("one"), 0);

        foreach (var stale in new[] { 0, first.Version - 1, first.Version + 1 })
        {
            var refused = await Assert.ThrowsAsync<ConflictException>(async () => await PutAsync(Key("a"), Document("two"), stale));
            var deletion = await Assert.ThrowsAsync<ConflictException>(async () => await Resources.CommitAsync([new(Key("a"), null, stale)], Ct));
            Assert.Equal(("resource.conflict", "resource.conflict"), (refused.Code, deletion.Code));
        }

        var missing = await Assert.ThrowsAsync<ConflictException>(async () => await PutAsync(Key("b"), Document("one"), 1));
        Assert.Equal("resource.conflict", missing.Code);
        Assert.Equal(first, await Resources.FindAsync(Key("a"), Ct));
        Assert.Null(await Resources.FindAsync(Key("b"), Ct));
    }

    [Fact]
    public async Task All_changes_are_written_or_none()
    {
        var first = await PutAsync(Key("a"), Document("one"), 0);

        await Assert.ThrowsAsync<ConflictException>(async () => await Resources.CommitAsync(
            [new(Key("new"), Document("x"), 0), new(Key("a"), Document("two"), first.Version), new(Key("a", "Ghost"), Document("x"), 7)], Ct));
        var page = await Resources.ListAsync(new() { Kind = "Bot", Owner = "ada" }, Ct);

        Assert.Equal([first], page.Items);
        Assert.Equal(first.Version, page.Version);

        var stored = await Resources.CommitAsync(
            [new(Key("new"), Document("x"), 0), new(Key("a"), null, first.Version), new(Key("a", "Ghost"), Document("x"), 0)], Ct);

        Assert.Equal([Key("new"), null, Key("a", "Ghost")], stored.Select(static one => one?.Key));
        Assert.Empty(await Resources.CommitAsync([], Ct));
    }

    [Fact]
    public async Task Versions_grow_with_every_write_over_all_kinds_and_owners()
    {
        var versions = new List<long>();
        foreach (var kind in ResourceKinds.All.Where(static kind => kind.Name != ResourceKinds.Task))
        {
            versions.Add((await PutAsync(Key("a", kind.Name), Document("x"), 0)).Version);
            versions.Add((await PutAsync(Key("a", kind.Name, owner: ResourceKey.SystemOwner), Document("x"), 0)).Version);
        }

        await Resources.CommitAsync([new(Key("a"), null, (await Resources.FindAsync(Key("a"), Ct))!.Version)], Ct);
        var page = await Resources.ListAsync(new() { Kind = "Bot", Owner = "ada" }, Ct);

        Assert.Equal(versions.Distinct().Order(), versions);
        Assert.True(page.Version > versions[^1]);
        Assert.Empty(page.Items);
    }

    [Fact]
    public async Task Generation_grows_with_the_spec_and_not_with_labels()
    {
        var first = await PutAsync(Key("a"), """{"kind":"Bot","metadata":{"name":"a"},"spec":{"x":1,"y":[1,2]}}""", 0);
        var labelled = await PutAsync(Key("a"), """{"kind":"Bot","metadata":{"name":"a","labels":{"l":"1"}},"spec":{"y":[1,2], "x":1}}""", first.Version);
        var changed = await PutAsync(Key("a"), """{"kind":"Bot","metadata":{"name":"a","labels":{"l":"1"}},"spec":{"x":1,"y":[2,1]}}""", labelled.Version);

        Assert.Equal((1L, 1L, 2L), (first.Generation, labelled.Generation, changed.Generation));
        Assert.True(labelled.Version > first.Version);
    }

    [Fact]
    public async Task A_deleted_name_is_free_again_and_its_next_bearer_is_another()
    {
        var uids = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            var created = await PutAsync(Key("a"), Document("x"), 0);
            Assert.True(uids.Add(created.Uid));
            Assert.Equal(1, created.Generation);
            await Resources.CommitAsync([new(Key("a"), null, created.Version)], Ct);
        }

        Assert.Empty((await Resources.ListAsync(new() { Kind = "Bot", Owner = "ada" }, Ct)).Items);
    }

    [Fact]
    public async Task The_same_name_is_another_resource_for_every_owner_namespace_kind_and_case()
    {
        ResourceKey[] keys = [Key("a"), Key("A"), Key("a", owner: "bob"), Key("a", space: "team/x"), Key("a", kind: "Ghost"), Key("a", owner: ResourceKey.SystemOwner)];
        foreach (var key in keys)
            await PutAsync(key, Document(key.ToString()), 0);

        var found = await Resources.FindAllAsync([.. keys, Key("missing")], Ct);

        Assert.Equal(keys.Length, found.Count);
        Assert.All(keys, key => Assert.Equal((key, Document(key.ToString())), (found[key].Key, found[key].Document)));
        Assert.Empty(await Resources.FindAllAsync([], Ct));
    }

    [Fact]
    public async Task Many_can_be_found_in_one_go()
    {
        var keys = Enumerable.Range(0, 1200).Select(static i => Key($"b{i}")).ToList();
        await Resources.CommitAsync([.. keys.Select(static key => new ResourceChange(key, Document("x"), 0))], Ct);

        Assert.Equal(1200, (await Resources.FindAllAsync(keys, Ct)).Count);
    }

    [Fact]
    public async Task Lists_are_in_order_of_namespace_and_name_and_paged_by_key()
    {
        string[] names = ["a", "a-b", "a.b", "ab", "B", "z9"];
        string[] spaces = ["default", "team", "team/x"];
        foreach (var space in spaces.Reverse())
        {
            foreach (var name in names.Reverse())
                await PutAsync(Key(name, space: space), Document(name), 0);
        }

        await PutAsync(Key("other", owner: "bob"), Document("x"), 0);
        await PutAsync(Key("other", kind: "Ghost"), Document("x"), 0);
        var gone = await PutAsync(Key("gone"), Document("x"), 0);
        await Resources.CommitAsync([new(Key("gone"), null, gone.Version)], Ct);

        var paged = new List<ResourceKey>();
        ResourceKey? after = null;
        ResourcePage page;
        do
        {
            page = await Resources.ListAsync(new() { Kind = "Bot", Owner = "ada", Limit = 4, After = after }, Ct);
            paged.AddRange(page.Items.Select(static item => item.Key));
            after = page.Items[^1].Key;
        }
        while (page.HasMore);

        var expected = spaces.SelectMany(space => names.Order(StringComparer.Ordinal).Select(name => Key(name, space: space))).ToList();
        Assert.Equal(expected, paged);
        var one = await Resources.ListAsync(new() { Kind = "Bot", Owner = "ada", Namespace = "team" }, Ct);
        Assert.Equal((6, false), (one.Items.Count, one.HasMore));
        Assert.All(one.Items, static item => Assert.Equal("team", item.Key.Namespace));
        var last = await Resources.ListAsync(new() { Kind = "Bot", Owner = "ada", Namespace = "team", Limit = 6, After = one.Items[^1].Key }, Ct);
        Assert.Equal((0, false), (last.Items.Count, last.HasMore));
    }

    [Fact]
    public async Task A_page_may_begin_after_a_resource_that_is_gone()
    {
        await PutAsync(Key("a"), Document("x"), 0);
        await PutAsync(Key("c"), Document("x"), 0);

        var page = await Resources.ListAsync(new() { Kind = "Bot", Owner = "ada", After = Key("b") }, Ct);

        Assert.Equal(Key("c"), Assert.Single(page.Items).Key);
    }

    [Fact]
    public async Task Documents_of_all_scripts_and_any_size_are_kept_as_they_are()
    {
        const string Odd = """{"spec":"' OR 1=1 -- % _ \\ \" \u0041 你好 🚀 ‮"}""";
        var large = Document(string.Concat(Enumerable.Repeat("\U0001F9EA\u00e9x", 200_000)));

        await PutAsync(Key("odd"), Odd, 0);
        var stored = await PutAsync(Key("large"), large, 0);
        await PutAsync(Key("large"), large + " ", stored.Version);

        Assert.Equal(Odd, (await Resources.FindAsync(Key("odd"), Ct))?.Document);
        Assert.Equal(large + " ", (await Resources.FindAsync(Key("large"), Ct))?.Document);
    }

    [Fact]
    public async Task Of_many_writers_at_once_one_wins_and_the_others_are_told()
    {
        var first = await PutAsync(Key("a"), Document("x"), 0);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => TryAsync(i), Ct)));

        var won = Assert.Single(outcomes, static outcome => outcome is not null);
        Assert.Equal(won, await Resources.FindAsync(Key("a"), Ct));

        async Task<StoredResource?> TryAsync(int i)
        {
            try
            {
                return await PutAsync(Key("a"), Document($"{i}"), first.Version);
            }
            catch (ConflictException conflict) when (conflict.Code == "resource.conflict")
            {
                return null;
            }
        }
    }

    [Theory]
    [InlineData("Task")]
    [InlineData("TASK")]
    [InlineData("Nonsense")]
    public async Task Kinds_that_are_not_kept_here_are_refused(string kind)
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Resources.FindAsync(Key("a", kind), Ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Resources.FindAllAsync([Key("a", kind)], Ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Resources.ListAsync(new() { Kind = kind, Owner = "ada" }, Ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await PutAsync(Key("a", kind), Document("x"), 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task A_page_of_no_or_too_many_resources_is_refused(int limit) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Resources.ListAsync(new() { Kind = "Bot", Owner = "ada", Limit = limit }, Ct));

    private async Task<StoredResource> PutAsync(ResourceKey key, string document, long expectedVersion) =>
        Assert.Single(await Resources.CommitAsync([new(key, document, expectedVersion)], Ct))!;

    private static string Document(string text) => $$$"""{"apiVersion":"agent.wecode.io/v1","spec":{"text":"{{{text}}}"}}""";
}
