using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Wegent.Runtime.Application.Definitions;
using static Wegent.Runtime.Tests.Application.Definitions.ResourceFixture;

namespace Wegent.Runtime.Tests.Application.Definitions;

public sealed class ResourceWatchTests : IDisposable
{
    private readonly ResourceFixture _fixture = new();
    private readonly CancellationTokenSource _patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public ResourceWatchTests() => _patience.CancelAfter(TimeSpan.FromSeconds(30));

    private CancellationToken Ct => _patience.Token;

    private IResourceClient Resources => _fixture.Resources;

    public void Dispose()
    {
        _fixture.Dispose();
        _patience.Dispose();
    }

    [Fact]
    public async Task Every_change_after_a_version_comes_in_order_whether_it_was_or_is_to_come()
    {
        await Resources.ApplyAsync(Ghost("before"), cancellationToken: Ct);
        var version = (await Resources.ListAsync("Ghost", cancellationToken: Ct)).Version;
        await Resources.ApplyAsync(Ghost("a"), cancellationToken: Ct);
        await using var watch = Watch("Ghost", $"{version}");

        Assert.Equal("Added a", await NextAsync(watch));
        Assert.Equal("Bookmark", await NextAsync(watch));
        await Resources.ApplyAsync(Ghost("a", "y"), cancellationToken: Ct);
        Assert.Equal("Modified a", await NextAsync(watch));
        await Resources.ApplyAsync(Stream(Ghost("b"), Ghost("c")), cancellationToken: Ct);
        await Resources.DeleteAsync([Key("Ghost", "a")], cancellationToken: Ct);
        Assert.Equal(["Added b", "Added c", "Deleted a"], [await NextAsync(watch), await NextAsync(watch), await NextAsync(watch)]);
        Assert.Contains("\"y\"", watch.Current.Resource!.Json, StringComparison.Ordinal);
        Assert.Equal(watch.Current.Version, watch.Current.Resource.Stored.Version);
    }

    [Fact]
    public async Task Without_a_version_what_is_there_comes_first()
    {
        await Resources.ApplyAsync(Stream(Ghost("a"), Ghost("b")), cancellationToken: Ct);
        await using var watch = Watch("Ghost", null);

        Assert.Equal(["Added a", "Added b", "Bookmark"], [await NextAsync(watch), await NextAsync(watch), await NextAsync(watch)]);
        await Resources.ApplyAsync(Ghost("c"), cancellationToken: Ct);
        Assert.Equal("Added c", await NextAsync(watch));
    }

    [Fact]
    public async Task Only_what_was_asked_for_is_told()
    {
        await using var watch = Watch("Ghost", "0", new() { Namespace = "team", LabelSelector = "tier=web" });
        Assert.Equal("Bookmark", await NextAsync(watch));

        await _fixture.Wegent.For("bob").Resources.ApplyAsync(Ghost("of-bob", "x", ", namespace: team, labels: {tier: web}"), cancellationToken: Ct);
        await Resources.ApplyAsync(Ghost("elsewhere", "x", ", labels: {tier: web}"), cancellationToken: Ct);
        await Resources.ApplyAsync(Ghost("a", "x", ", namespace: team, labels: {tier: db}"), cancellationToken: Ct);
        await Resources.ApplyAsync(Ghost("a", "x", ", namespace: team, labels: {tier: web}"), cancellationToken: Ct);
        await Resources.ApplyAsync(Ghost("a", "y", ", namespace: team, labels: {tier: web}"), cancellationToken: Ct);
        await Resources.ApplyAsync(Ghost("a", "y", ", namespace: team"), cancellationToken: Ct);
        await Resources.ApplyAsync(Ghost("a", "z", ", namespace: team"), cancellationToken: Ct);
        await Resources.ApplyAsync(Ghost("b", "z", ", namespace: team, labels: {tier: web}"), cancellationToken: Ct);

        Assert.Equal(["Added a", "Modified a", "Deleted a", "Added b"], [await NextAsync(watch), await NextAsync(watch), await NextAsync(watch), await NextAsync(watch)]);
    }

    [Fact]
    public async Task A_version_that_is_too_old_or_from_elsewhere_is_expired()
    {
        for (var i = 0; i < 5; i++)
            await Resources.ApplyAsync(Ghost("g", $"p{i}"), cancellationToken: Ct);
        await _fixture.Store.TrimLogAsync(2, 1, Ct);

        foreach (var version in (string[])["1", "999999"])
        {
            await using var watch = Watch("Ghost", version);
            Assert.Equal("resource.expired", (await Assert.ThrowsAsync<WegentException>(async () => await watch.MoveNextAsync())).Code);
        }

        await using var nonsense = Watch("Ghost", "abc");
        Assert.Equal("list.bad_version", (await Assert.ThrowsAsync<WegentException>(async () => await nonsense.MoveNextAsync())).Code);
    }

    [Fact]
    public async Task A_bookmark_comes_when_nothing_else_does()
    {
        var clock = new FakeTimeProvider();
        using var fixture = new ResourceFixture(services => services.AddSingleton<TimeProvider>(clock));
        var version = (await fixture.Resources.ListAsync("Ghost", cancellationToken: Ct)).Version;
        await using var watch = fixture.Resources.WatchAsync("Ghost", new() { ResourceVersion = $"{version}" }, Ct).GetAsyncEnumerator(Ct);
        Assert.Equal("Bookmark", await NextAsync(watch));

        await fixture.Resources.ApplyAsync(Bot("nobody", "x").Replace("ghostRef: { name: x }", "ghostRef: { name: g }", StringComparison.Ordinal) + "---\n" + Ghost("g"), cancellationToken: Ct);
        Assert.Equal("Added g", await NextAsync(watch));
        var next = NextAsync(watch);
        while (!next.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        Assert.Equal("Bookmark", await next);
        Assert.Equal(version + 2, watch.Current.Version);
    }

    [Fact]
    public async Task One_who_reads_slowly_misses_nothing_and_keeps_nobody_waiting()
    {
        await using var slow = Watch("Ghost", "0");
        Assert.Equal("Bookmark", await NextAsync(slow));
        await using var quick = Watch("Ghost", "0");
        Assert.Equal("Bookmark", await NextAsync(quick));

        // More than the feed keeps: the slow one goes on from the store.
        for (var round = 0; round < 6; round++)
        {
            await Resources.ApplyAsync(Stream([.. Enumerable.Range(0, 1000).Select(i => Ghost($"g{round}-{i}"))]), cancellationToken: Ct);
            for (var i = 0; i < 1000; i++)
                Assert.Equal($"Added g{round}-{i}", await NextAsync(quick));
        }

        for (var i = 0; i < 6000; i++)
            Assert.Equal($"Added g{i / 1000}-{i % 1000}", await NextAsync(slow));
    }

    [Fact]
    public async Task A_thousand_who_watch_cost_one_reader()
    {
        var feed = _fixture.Services.GetRequiredService<ResourceFeed>();
        var watches = Enumerable.Range(0, 1000).Select(_ => Watch("Ghost", "0")).ToList();
        foreach (var watch in watches)
            Assert.Equal("Bookmark", await NextAsync(watch));
        Assert.Equal(1000, feed.Watchers);
        var pending = watches.ConvertAll(NextAsync);

        var clock = Stopwatch.StartNew();
        await Resources.ApplyAsync(Ghost("g"), cancellationToken: Ct);
        Assert.All(await Task.WhenAll(pending), static told => Assert.Equal("Added g", told));
        TestContext.Current.TestOutputHelper?.WriteLine($"told 1,000 in {clock.Elapsed.TotalMilliseconds:F1} ms");

        foreach (var watch in watches)
            await watch.DisposeAsync();
        Assert.Equal(0, feed.Watchers);
    }

    [Fact]
    public async Task Those_who_watch_agree_whenever_they_begin()
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var random = new Random(7);
        var writer = Task.Run(
            async () =>
            {
                for (var i = 0; i < 400; i++)
                {
                    var name = $"g{random.Next(8)}";
                    if (random.Next(4) == 0)
                        await Resources.DeleteAsync([Key("Ghost", name)], cancellationToken: Ct);
                    else
                        await Resources.ApplyAsync(Ghost(name, $"p{i}"), cancellationToken: Ct);
                }
            },
            Ct);
        var readers = Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () =>
            {
                var seen = new List<string>();
                await foreach (var news in Resources.WatchAsync("Ghost", new() { ResourceVersion = "0", BookmarkInterval = TimeSpan.FromMilliseconds(20) }, Ct))
                {
                    if (news.Type != ResourceEventType.Bookmark)
                        seen.Add($"{news.Version} {news.Type} {news.Resource!.Key.Name}");
                    else if (writer.IsCompleted && news.Version == await VersionAsync())
                        break;
                }

                return seen;
            },
            Ct)).ToList();

        var transcripts = await Task.WhenAll(readers);
        await writer;

        Assert.All(transcripts, transcript => Assert.Equal(transcripts[0], transcript));
        var log = (await _fixture.Store.ReadLogAsync(0, 1000, Ct)).Entries.Where(static entry => entry.Resource.Key.Kind == "Ghost");
        Assert.Equal(log.Select(static entry => $"{entry.Version} {entry.Operation} {entry.Resource.Key.Name}"), transcripts[0]);
    }

    private async Task<long> VersionAsync() => (await _fixture.Store.ReadLogAsync(long.MaxValue, 1, Ct)).Version;

    private IAsyncEnumerator<ResourceEvent> Watch(string kind, string? version, WatchOptions? options = null) =>
        Resources.WatchAsync(kind, (options ?? new()) with { ResourceVersion = version }, Ct).GetAsyncEnumerator(Ct);

    private static async Task<string> NextAsync(IAsyncEnumerator<ResourceEvent> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        return watch.Current.Resource is { } resource ? $"{watch.Current.Type} {resource.Key.Name}" : $"{watch.Current.Type}";
    }
}
