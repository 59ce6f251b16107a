using Wegent.Resources;
using Wegent.Storage;

namespace Wegent.TestKit.Storage;

/// <summary>The promises of <see cref="IResourceStore"/> about its log, its guards and what it remembers of a resource's origin.</summary>
public abstract class ResourceLogContract : StoreContract
{
    private static ResourceKey Key(string name, string kind = "Bot", string owner = "ada") => new(owner, "default", kind, name);

    [Fact]
    public async Task Every_write_is_entered_in_the_log_in_order_and_without_a_gap()
    {
        var a = await PutAsync(Key("a"), "one", 0);
        Clock.Advance(TimeSpan.FromSeconds(1));
        var changed = await PutAsync(Key("a"), "two", a.Version);
        var other = await PutAsync(Key("g", "Ghost", "bob"), "x", 0);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await DeleteAsync(changed);

        var page = await Resources.ReadLogAsync(0, 1000, Ct);

        Assert.Equal((0L, 4L), (page.Oldest, page.Version));
        Assert.Equal([1L, 2L, 3L, 4L], page.Entries.Select(static entry => entry.Version));
        Assert.Equal([ResourceOperation.Added, ResourceOperation.Modified, ResourceOperation.Added, ResourceOperation.Deleted], page.Entries.Select(static entry => entry.Operation));
        Assert.Equal([a, changed, other], page.Entries.Take(3).Select(static entry => entry.Resource));
        Assert.Equal(changed with { Version = 4, UpdatedAt = Now }, page.Entries[3].Resource);
    }

    [Fact]
    public async Task The_log_is_read_in_pages_from_any_version_on()
    {
        for (var i = 0; i < 7; i++)
            await PutAsync(Key($"b{i}"), "x", 0);

        var read = new List<long>();
        var after = 2L;
        while (true)
        {
            var page = await Resources.ReadLogAsync(after, 2, Ct);
            if (page.Entries.Count == 0)
                break;
            read.AddRange(page.Entries.Select(static entry => entry.Version));
            after = read[^1];
        }

        Assert.Equal([3L, 4L, 5L, 6L, 7L], read);
        Assert.Empty((await Resources.ReadLogAsync(100, 2, Ct)).Entries);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Resources.ReadLogAsync(0, 0, Ct));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Resources.ReadLogAsync(0, 1001, Ct));
    }

    [Fact]
    public async Task A_refused_write_leaves_no_entry()
    {
        var a = await PutAsync(Key("a"), "one", 0);

        await Assert.ThrowsAsync<ConflictException>(async () => await Resources.CommitAsync(
            [new(Key("b"), Document("x"), 0), new(Key("a"), Document("two"), a.Version + 7)], Ct));
        await Assert.ThrowsAsync<ConflictException>(async () => await Resources.CommitAsync(
            [new(Key("b"), Document("x"), 0)], new ResourceGuard { MustExist = [Key("nobody")] }, Ct));

        var page = await Resources.ReadLogAsync(0, 10, Ct);
        Assert.Equal(a, Assert.Single(page.Entries).Resource);
        Assert.Equal(a.Version, page.Version);
        Assert.Equal(a.Version + 1, (await PutAsync(Key("b"), "x", 0)).Version);
    }

    [Fact]
    public async Task The_revisions_of_a_resource_are_those_of_its_present_bearer_newest_first()
    {
        var old = await PutAsync(Key("a"), "old", 0);
        await DeleteAsync(old);
        Assert.Empty(await Resources.ListRevisionsAsync(Key("a"), 10, Ct));

        var first = await PutAsync(Key("a"), "one", 0);
        await PutAsync(Key("other"), "x", 0);
        var second = await PutAsync(Key("a"), "two", first.Version);
        var third = await PutAsync(Key("a"), "three", second.Version);

        Assert.Equal([third, second, first], (await Resources.ListRevisionsAsync(Key("a"), 10, Ct)).Select(static entry => entry.Resource));
        Assert.Equal([third, second], (await Resources.ListRevisionsAsync(Key("a"), 2, Ct)).Select(static entry => entry.Resource));
        Assert.Empty(await Resources.ListRevisionsAsync(Key("nobody"), 10, Ct));
    }

    [Fact]
    public async Task A_trimmed_log_says_so_and_keeps_the_newest_revisions_of_what_lives()
    {
        var kept = await PutAsync(Key("kept"), "0", 0);
        for (var i = 1; i < 6; i++)
            kept = await PutAsync(Key("kept"), $"{i}", kept.Version);
        await DeleteAsync(await PutAsync(Key("gone"), "x", 0));
        var rare = await PutAsync(Key("rare"), "x", 0);
        for (var i = 0; i < 4; i++)
            await PutAsync(Key($"later{i}"), "x", 0);
        Assert.Equal(13, (await Resources.ReadLogAsync(0, 1000, Ct)).Version);

        var removed = await Resources.TrimLogAsync(keepChanges: 4, keepRevisions: 3, Ct);

        Assert.Equal(3 + 2, removed);
        var page = await Resources.ReadLogAsync(9, 1000, Ct);
        Assert.Equal((9L, 13L), (page.Oldest, page.Version));
        Assert.Equal([10L, 11L, 12L, 13L], page.Entries.Select(static entry => entry.Version));
        Assert.Empty((await Resources.ReadLogAsync(8, 1000, Ct)).Entries);
        Assert.Equal([6L, 5L, 4L], (await Resources.ListRevisionsAsync(Key("kept"), 10, Ct)).Select(static entry => entry.Version));
        Assert.Equal([rare.Version], (await Resources.ListRevisionsAsync(Key("rare"), 10, Ct)).Select(static entry => entry.Version));

        // An old revision goes once newer ones push it out and the log has moved on.
        for (var i = 6; i < 12; i++)
            kept = await PutAsync(Key("kept"), $"{i}", kept.Version);
        await Resources.TrimLogAsync(keepChanges: 0, keepRevisions: 3, Ct);
        Assert.Equal(3, (await Resources.ListRevisionsAsync(Key("kept"), 10, Ct)).Count);
        Assert.Equal(0, await Resources.TrimLogAsync(keepChanges: 0, keepRevisions: 3, Ct));
        Assert.Equal(19, (await Resources.ReadLogAsync(0, 1000, Ct)).Oldest);
    }

    [Fact]
    public async Task Long_logs_are_trimmed_as_well()
    {
        await Resources.CommitAsync([.. Enumerable.Range(0, 1200).Select(static i => new ResourceChange(Key($"b{i}"), Document("x"), 0))], Ct);
        var all = (await Resources.FindAllAsync([.. Enumerable.Range(0, 1200).Select(static i => Key($"b{i}"))], Ct)).Values;
        await Resources.CommitAsync([.. all.Select(static resource => new ResourceChange(resource.Key, null, resource.Version))], Ct);

        Assert.Equal(2400 - 100, await Resources.TrimLogAsync(keepChanges: 100, keepRevisions: 10, Ct));
        Assert.Equal(100, (await Resources.ReadLogAsync(2300, 1000, Ct)).Entries.Count);
    }

    [Fact]
    public async Task A_write_is_refused_when_what_must_exist_does_not()
    {
        var ghost = await PutAsync(Key("g", "Ghost"), "x", 0);
        var guard = new ResourceGuard { MustExist = [ghost.Key, Key("new")] };

        await Resources.CommitAsync([new(Key("new"), Document("x"), 0)], guard, Ct);
        await DeleteAsync(ghost);
        var refused = await Assert.ThrowsAsync<ConflictException>(async () => await Resources.CommitAsync([new(Key("newer"), Document("x"), 0)], guard, Ct));

        Assert.Equal("resource.moved", refused.Code);
        Assert.Contains("Ghost/default/g", refused.Message, StringComparison.Ordinal);
        Assert.Null(await Resources.FindAsync(Key("newer"), Ct));
    }

    [Fact]
    public async Task A_write_is_refused_when_the_store_has_moved_on()
    {
        var a = await PutAsync(Key("a"), "x", 0);
        var guard = new ResourceGuard { StoreVersion = a.Version };
        await Resources.CommitAsync([new(Key("b"), Document("x"), 0)], guard, Ct);

        var refused = await Assert.ThrowsAsync<ConflictException>(async () => await Resources.CommitAsync([new(a.Key, null, a.Version)], guard, Ct));

        Assert.Equal("resource.moved", refused.Code);
        Assert.NotNull(await Resources.FindAsync(a.Key, Ct));
    }

    [Fact]
    public async Task The_origin_of_a_resource_is_set_once_and_read_back_everywhere()
    {
        var origin = new ResourceOrigin { ApplySet = "site", OwnerReferences = [new() { Kind = "Team", Name = "t", Uid = "u-1" }] };
        var created = Assert.Single(await Resources.CommitAsync([new(Key("a"), Document("x"), 0) { Origin = origin }], Ct))!;
        await Resources.CommitAsync([new(Key("a"), Document("y"), created.Version) { Origin = new() { ApplySet = "other" } }], Ct);

        var stored = await Resources.FindAsync(Key("a"), Ct);

        AssertOrigin(created.Origin);
        AssertOrigin(stored?.Origin);
        Assert.All(Assert.Single(await Resources.FindAllAsync([Key("a")], Ct)).Value is { } found ? [found.Origin] : Array.Empty<ResourceOrigin?>(), AssertOrigin);
        Assert.All((await Resources.ListAsync(new() { Kind = "Bot", Owner = "ada" }, Ct)).Items, static item => AssertOrigin(item.Origin));
        Assert.All((await Resources.ReadLogAsync(0, 10, Ct)).Entries, static entry => AssertOrigin(entry.Resource.Origin));
        Assert.Null((await PutAsync(Key("plain"), "x", 0)).Origin);

        static void AssertOrigin(ResourceOrigin? origin)
        {
            Assert.Equal("site", origin?.ApplySet);
            Assert.Equal(new OwnerReference { Kind = "Team", Name = "t", Uid = "u-1" }, Assert.Single(origin?.OwnerReferences ?? []));
        }
    }

    private async Task<StoredResource> PutAsync(ResourceKey key, string text, long expectedVersion) =>
        Assert.Single(await Resources.CommitAsync([new(key, Document(text), expectedVersion)], Ct))!;

    private async Task DeleteAsync(StoredResource resource) => await Resources.CommitAsync([new(resource.Key, null, resource.Version)], Ct);

    private static string Document(string text) => $$$"""{"apiVersion":"agent.wecode.io/v1","spec":{"text":"{{{text}}}"}}""";
}
