using System.Collections.Concurrent;
using Wegent.Events;
using Wegent.Resources;
using Wegent.Tasks;

namespace Wegent.TestKit.Storage;

/// <summary>What holds between hosts that share one database, each with connections of its own, when they write at the same time.</summary>
public abstract class SeveralHostsContract : StoreContract
{
    private const int HostCount = 3;

    private IReadOnlyList<TestStores> _hosts = [];

    /// <summary>Opens the stores of several hosts of one new, empty database. The first one's disposal ends them all.</summary>
    protected abstract ValueTask<IReadOnlyList<TestStores>> OpenHostsAsync(TimeProvider clock, int count);

    /// <inheritdoc/>
    protected sealed override async ValueTask<TestStores> OpenAsync(TimeProvider clock)
    {
        _hosts = await OpenHostsAsync(clock, HostCount);
        return _hosts[0];
    }

    [Fact]
    public async Task The_store_is_the_same_for_all_hosts()
    {
        var ids = await EachAsync(1, async (stores, _) => await stores.Runs.GetStoreIdAsync(Ct));

        Assert.Single(ids.Distinct());
        var task = await CreateAsync();
        Assert.All(await EachAsync(1, async (stores, _) => await stores.Tasks.FindAsync(task.Id, Ct)), found => Assert.Equal(task.Name, found?.Name));
    }

    [Fact]
    public async Task Claimers_of_all_hosts_never_pass_the_limit_and_never_share_a_task()
    {
        const int TaskCount = 60, Limit = 5;
        await Task.WhenAll(Enumerable.Range(0, TaskCount).Select(_ => CreateAsync()));
        var claimed = new ConcurrentDictionary<long, string>();
        var running = 0;
        var most = 0;
        var left = TaskCount;

        await EachAsync(3, async (stores, n) =>
        {
            while (Volatile.Read(ref left) > 0)
            {
                foreach (var one in await stores.Runs.ClaimAsync(Claim($"node-{n}", Limit, limit: 2), Ct))
                {
                    Assert.False(one.Adopted);
                    Assert.True(claimed.TryAdd(one.Task.Id, one.Lease.Node), $"task {one.Task.Id} was claimed twice");
                    var now = Interlocked.Increment(ref running);
                    InterlockedMax(ref most, now);
                    await stores.Runs.CommitAsync(one.Lease, new() { Progress = 50 }, Ct);
                    Interlocked.Decrement(ref running); // before it is given back, so that it is never counted too long
                    await stores.Runs.CommitAsync(one.Lease, new() { Move = new(TaskTrigger.Completed) }, Ct);
                    Interlocked.Decrement(ref left);
                }
            }

            return true;
        });

        Assert.Equal(TaskCount, claimed.Count);
        Assert.InRange(most, 2, Limit);
        Assert.All(await Tasks.ListAsync(new() { Limit = 1000 }, Ct), static task => Assert.Equal((TaskState.Completed, 1L), (task.Status, task.Fence)));
    }

    [Fact]
    public async Task A_lease_that_ran_out_is_taken_over_by_one_host_only()
    {
        for (var i = 0; i < 20; i++)
            await CreateAsync();
        Assert.Equal(20, (await Runs.ClaimAsync(Claim("gone"), Ct)).Count);
        Clock.Advance(TimeSpan.FromMinutes(2));

        var adopted = (await EachAsync(4, async (stores, n) => await stores.Runs.ClaimAsync(Claim($"node-{n}", limit: 3), Ct))).SelectMany(static some => some).ToList();
        adopted.AddRange(await Runs.ClaimAsync(Claim("last"), Ct)); // what was passed over while another claim was changing it

        Assert.Equal(20, adopted.Count);
        Assert.Equal(20, adopted.Select(static one => one.Task.Id).Distinct().Count());
        Assert.All(adopted, static one => Assert.Equal((true, 2L), (one.Adopted, one.Lease.Fence)));
    }

    [Fact]
    public async Task No_port_is_leased_twice_over_all_hosts()
    {
        var leased = await EachAsync(20, async (stores, n) => await stores.Ports.LeaseAsync("e1", $"s{n}", 10001, 10050, [], Ct));

        Assert.Equal(Enumerable.Range(10001, 50), leased.OfType<int>().Order());
        Assert.Equal(10, leased.Count(static port => port is null));

        await EachAsync(20, async (stores, n) =>
        {
            await stores.Ports.ReleaseAsync("e1", $"s{n}", Ct);
            return await stores.Ports.LeaseAsync("e1", $"t{n}", 10001, 10060, [], Ct);
        });
        Assert.Equal(60, (await Ports.ListAsync("e1", Ct)).Select(static lease => lease.Port).Distinct().Count());
    }

    [Fact]
    public async Task Versions_grow_in_the_order_of_commits_so_that_no_reader_misses_a_write()
    {
        var pages = new ConcurrentBag<(long Version, HashSet<long> Seen)>();
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                    await ReadAsync(_hosts[1]);
            },
            Ct);

        var written = await EachAsync(4, async (stores, n) =>
        {
            var versions = new List<long>();
            for (var i = 0; i < 8; i++)
            {
                var stored = await stores.Resources.CommitAsync([new(Key($"a{n}-{i}"), Document("x"), 0), new(Key($"b{n}-{i}"), Document("x"), 0)], Ct);
                versions.AddRange(stored.Select(static one => one!.Version));
            }

            return versions;
        });
        await stop.CancelAsync();
        await reading;
        await ReadAsync(_hosts[0]);

        var all = written.SelectMany(static some => some).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.All(written, static own => Assert.Equal(own.Order(), own));
        Assert.All(pages, page => Assert.Equal(all.Where(version => version <= page.Version).Order(), page.Seen.Order()));

        async Task ReadAsync(TestStores stores)
        {
            var page = await stores.Resources.ListAsync(new() { Kind = "Bot", Owner = "ada", Limit = 1000 }, Ct);
            pages.Add((page.Version, [.. page.Items.Select(static item => item.Version)]));
        }
    }

    [Fact]
    public async Task Of_two_hosts_that_change_one_resource_only_one_does()
    {
        await Resources.CommitAsync([new(Key("a"), Document("0"), 0)], Ct);
        for (var round = 0; round < 10; round++)
        {
            var version = (await Resources.FindAsync(Key("a"), Ct))!.Version;

            var won = await EachAsync(2, async (stores, n) => await TryAsync(async () => await stores.Resources.CommitAsync([new(Key("a"), Document($"{round}-{n}"), version)], Ct)));

            Assert.Single(won, static one => one);
        }

        var created = await EachAsync(2, async (stores, n) => await TryAsync(async () => await stores.Resources.CommitAsync([new(Key("b"), Document($"{n}"), 0)], Ct)));
        Assert.Single(created, static one => one);
        Assert.Equal(11, (await Resources.FindAsync(Key("a"), Ct))!.Version);
    }

    [Fact]
    public async Task One_idempotency_key_makes_one_task_over_all_hosts()
    {
        for (var round = 0; round < 5; round++)
        {
            var request = Request() with { IdempotencyKey = $"k{round}", RequestDigest = "d1" };

            var accepted = await EachAsync(4, async (stores, _) => await stores.Tasks.CreateAsync(request, Ct));

            Assert.Single(accepted, static one => one.Created);
            Assert.Single(accepted.Select(static one => one.Id).Distinct());
        }

        Assert.Equal(5, (await Tasks.ListAsync(new(), Ct)).Count);
    }

    [Fact]
    public async Task A_name_is_given_once_over_all_hosts()
    {
        var named = await EachAsync(3, async (stores, _) => await TryAsync(async () => await stores.Tasks.CreateAsync(Request(name: "mine"), Ct)));
        var users = await EachAsync(3, async (stores, _) => await TryAsync(async () => await stores.Users.CreateAsync(new("ada", "user", null), Ct)));
        var unnamed = await EachAsync(5, async (stores, _) => (await stores.Tasks.CreateAsync(Request(), Ct)).Task);

        Assert.Single(named, static one => one);
        Assert.Single(users, static one => one);
        Assert.All(unnamed, static task => Assert.Equal($"task-{task.Id}", task.Name));
        Assert.Equal(15, unnamed.Select(static task => task.Id).Distinct().Count());
    }

    [Fact]
    public async Task The_log_has_no_gap_when_several_hosts_write_to_one_task()
    {
        var claimed = await StartAsync();
        var run = await AddRunAsync(claimed.Lease);

        await EachAsync(1, async (stores, n) =>
        {
            for (var i = 0; i < 20; i++)
            {
                await stores.Runs.CommitAsync(claimed.Lease, new() { Events = [new ChatCancelled { SubtaskId = run.Id, Result = null }, new ChatCancelled { SubtaskId = run.Id, Result = null }] }, Ct);
                await stores.Tasks.SetPreserveExecutorAsync(claimed.Task.Id, n == 0, Ct);
            }

            return true;
        });
        await _hosts[1].Tasks.MoveAsync(new(claimed.Task.Id, TaskTrigger.CancelRequested), Ct);
        var ended = await _hosts[2].Runs.CommitAsync(claimed.Lease, new() { Move = new(TaskTrigger.CancelConfirmed) }, Ct);

        var log = await ReadLogAsync(claimed.Task.Id);
        Assert.Equal(HostCount * 20 * 2, log.OfType<ChatCancelled>().Count());
        Assert.Equal((ended.LastSeq, TaskState.Cancelled), (log.Count, Assert.IsType<TaskStatusChanged>(log[^1]).Status));
    }

    [Fact]
    public async Task Whatever_hosts_do_at_once_nothing_is_lost_or_done_twice()
    {
        const int TaskCount = 40;
        var done = new ConcurrentDictionary<long, int>();
        var made = 0;

        await EachAsync(3, async (stores, n) =>
        {
            while (Volatile.Read(ref made) < TaskCount || done.Count < TaskCount)
            {
                if (Interlocked.Increment(ref made) <= TaskCount)
                    await stores.Tasks.CreateAsync(Request() with { IdempotencyKey = $"{n}-{Volatile.Read(ref made)}", RequestDigest = "d" }, Ct);
                foreach (var one in await stores.Runs.ClaimAsync(Claim($"node-{n}", maxRunning: 10, limit: 3), Ct))
                {
                    var port = await stores.Ports.LeaseAsync("e1", $"{one.Task.Id}", 10001, 10100, [], Ct);
                    Assert.NotNull(port);
                    var run = Assert.Single(await stores.Runs.AddSubtasksAsync(one.Lease, [new(0, "coder", "Do it")], Ct));
                    await stores.Runs.CommitAsync(one.Lease, new() { Subtasks = [new(run.Id) { Status = TaskState.Completed }], Move = new(TaskTrigger.Completed) }, Ct);
                    await stores.Ports.ReleaseAsync("e1", $"{one.Task.Id}", Ct);
                    done.AddOrUpdate(one.Task.Id, 1, static (_, count) => count + 1);
                }
            }

            return true;
        });

        Assert.Equal(TaskCount, done.Count);
        Assert.All(done.Values, static count => Assert.Equal(1, count));
        Assert.Empty(await Ports.ListAsync("e1", Ct));
        foreach (var task in await Tasks.ListAsync(new() { Limit = 1000 }, Ct))
        {
            Assert.Equal([TaskState.Pending, TaskState.Running, TaskState.Completed], await ReadStatesAsync(task.Id));
            Assert.Equal(2, (await Tasks.ListSubtasksAsync(task.Id, 0, Ct)).Count);
        }
    }

    private static ResourceKey Key(string name) => new("ada", "default", "Bot", name);

    private static string Document(string text) => $$$"""{"kind":"Bot","spec":{"x":"{{{text}}}"}}""";

    /// <summary>Runs a piece of work several times on every host, all at once.</summary>
    private async Task<T[]> EachAsync<T>(int times, Func<TestStores, int, Task<T>> work) => await Task.WhenAll(
        Enumerable.Range(0, HostCount * times).Select(n => Task.Run(() => work(_hosts[n % HostCount], n), Ct)));

    private static async Task<bool> TryAsync(Func<Task> write)
    {
        try
        {
            await write();
            return true;
        }
        catch (ConflictException)
        {
            return false;
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            if (Interlocked.CompareExchange(ref most, value, seen) == seen)
                return;
        }
    }
}
