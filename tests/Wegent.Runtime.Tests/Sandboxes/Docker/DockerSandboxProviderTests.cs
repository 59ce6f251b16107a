using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Wegent.Runtime.Sandboxes.Docker;
using Wegent.Sandboxes;
using Wegent.Tasks;
using Wegent.TestKit;

namespace Wegent.Runtime.Tests.Sandboxes.Docker;

/// <summary>What is particular to containers; what every place must do is in the contract.</summary>
public sealed class DockerSandboxProviderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_engine_holds_what_was_asked_for_limits_labels_and_a_port_on_loopback_only()
    {
        await using var place = new DockerPlace();
        await using var sandbox = await place.Provider.CreateAsync(place.Spec(), Ct);

        var container = await place.Engine.FindContainerAsync(Assert.Single(await place.ContainersAsync(Ct)).ID, Ct);

        var host = container!.HostConfig!;
        Assert.Equal((256L << 20, 256L << 20, 128L, 1_000_000_000L), (host.Memory, host.MemorySwap, host.PidsLimit, host.NanoCPUs));
        Assert.Equal(["ALL"], host.CapDrop!);
        Assert.Contains("no-new-privileges:true", host.SecurityOpt!);
        Assert.True(host.ReadonlyRootfs);
        Assert.DoesNotContain(container.Mounts!, mount => mount.Source?.EndsWith("docker.sock", StringComparison.Ordinal) is true);
        Assert.All(container.NetworkSettings!.Ports!.Values, bindings => Assert.All(bindings!, binding => Assert.Equal("127.0.0.1", binding.HostIP)));
        Assert.Equal((place.StoreId, "task-1", "1"), (container.Config!.Labels![DockerLabels.Store], container.Config.Labels[DockerLabels.Sandbox], container.Config.Labels[DockerLabels.Task]));
        Assert.DoesNotContain(container.Config.Env!, variable => variable.Contains("secret of", StringComparison.Ordinal));
        Assert.Equal("1000:1000", container.Config.User);
    }

    [Fact]
    public async Task Removal_leaves_no_container_no_volume_no_lease_and_may_be_asked_for_twice()
    {
        await using var place = new DockerPlace();
        await using var sandbox = await place.Provider.CreateAsync(place.Spec(), Ct);
        var volumes = (await place.Engine.FindContainerAsync(Assert.Single(await place.ContainersAsync(Ct)).ID, Ct))!
            .Mounts!.Where(mount => mount.Type == "volume").Select(mount => mount.Source!).ToList();
        Assert.NotEmpty(volumes);

        await place.Provider.RemoveAsync(place.StoreId, "task-1", Ct);
        await place.Provider.RemoveAsync(place.StoreId, "task-1", Ct);

        Assert.Empty(await place.ContainersAsync(Ct));
        Assert.Empty(await place.LeasesAsync(Ct));
        Assert.All(volumes, folder => Assert.False(Directory.Exists(folder)));
        Assert.Empty(await place.Provider.ListAsync(place.StoreId, Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task Five_at_once_get_five_ports_and_ten_requests_for_one_get_one_container()
    {
        await using var place = new DockerPlace();

        var many = await Task.WhenAll(Enumerable.Range(1, 5).Select(i => place.Provider.CreateAsync(place.Spec($"task-{i}"), Ct).AsTask()));
        var same = await Task.WhenAll(Enumerable.Range(1, 10).Select(_ => place.Provider.CreateAsync(place.Spec("task-1"), Ct).AsTask()));

        var containers = await place.ContainersAsync(Ct);
        Assert.Equal(5, containers.Count);
        var ports = containers.Select(container => int.Parse(container.Labels![DockerLabels.Port], CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(5, ports.Distinct().Count());
        Assert.All(ports, port => Assert.InRange(port, 10001, 10100));
        foreach (var sandbox in many.Concat(same))
            await sandbox.DisposeAsync();
    }

    [Fact]
    public async Task A_port_where_another_program_listens_is_passed_over()
    {
        await using var place = new DockerPlace();
        var first = FreePort();
        using var foreign = new TcpListener(IPAddress.Any, first);
        foreign.Start();
        place.Options.Value.PortRangeMin = first;

        await using var sandbox = await place.Provider.CreateAsync(place.Spec(), Ct);

        var lease = Assert.Single(await place.LeasesAsync(Ct));
        Assert.InRange(lease.Port, first + 1, 10100);
    }

    [Fact]
    public async Task A_port_that_another_program_takes_at_the_last_moment_is_replaced()
    {
        await using var place = new DockerPlace(isInUse: _ => false); // as if it had been free when it was looked at
        var first = FreePort();
        using var foreign = new TcpListener(IPAddress.Loopback, first);
        foreign.Start();
        place.Options.Value.PortRangeMin = first;

        await using var sandbox = await place.Provider.CreateAsync(place.Spec(), Ct);

        Assert.InRange(Assert.Single(await place.LeasesAsync(Ct)).Port, first + 1, 10100);
        Assert.Single(await place.ContainersAsync(Ct));
    }

    [Fact]
    public async Task When_all_ports_are_taken_that_is_said_and_nothing_is_left()
    {
        await using var place = new DockerPlace();
        var port = FreePort();
        using var foreign = new TcpListener(IPAddress.Loopback, port);
        foreign.Start();
        place.Options.Value.PortRangeMin = place.Options.Value.PortRangeMax = port;

        var error = await Assert.ThrowsAsync<SandboxException>(async () => await place.Provider.CreateAsync(place.Spec(), Ct));

        Assert.Equal(FailureReason.PortsExhausted, error.Reason);
        Assert.Contains($"{port}", error.Message, StringComparison.Ordinal);
        await AssertNothingIsLeftAsync(place);
    }

    [Fact]
    public async Task A_missing_image_is_said_with_its_name_and_nothing_is_left()
    {
        await using var place = new DockerPlace();

        var error = await Assert.ThrowsAsync<SandboxException>(async () => await place.Provider.CreateAsync(place.Spec() with { Image = "wegent-executor:missing" }, Ct));

        Assert.Equal(FailureReason.ImageMissing, error.Reason);
        Assert.Contains("wegent-executor:missing", error.Message, StringComparison.Ordinal);
        await AssertNothingIsLeftAsync(place);
    }

    [Fact]
    public async Task An_engine_that_is_down_is_said_and_no_port_stays_leased()
    {
        await using var up = new DockerPlace();
        await using var down = new DockerPlace(options => options.Endpoint = new Uri("unix:///tmp/no-engine-here.sock"), sameStoreAs: up);

        var error = await Assert.ThrowsAsync<SandboxException>(async () => await down.Provider.CreateAsync(up.Spec(), Ct));

        Assert.Equal(FailureReason.EngineUnavailable, error.Reason);
        await AssertNothingIsLeftAsync(up);
    }

    [Fact]
    public async Task An_executor_that_does_not_start_is_said_in_its_own_words_and_nothing_is_left()
    {
        await using var place = new DockerPlace();
        var spec = place.Spec();
        spec = spec with { Limits = spec.Limits with { OrphanTimeout = TimeSpan.FromDays(1000) } }; // beyond what the executor accepts

        var error = await Assert.ThrowsAsync<SandboxException>(async () => await place.Provider.CreateAsync(spec, Ct));

        Assert.Equal(FailureReason.SandboxStartFailed, error.Reason);
        Assert.Contains("ended with code 2; its last words: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("--orphan-timeout", error.Message, StringComparison.Ordinal);
        await AssertNothingIsLeftAsync(place);
    }

    [Fact]
    public async Task An_executor_that_never_answers_is_given_up_after_the_timeout_and_nothing_is_left()
    {
        await using var place = new DockerPlace(options => options.ReadyTimeout = TimeSpan.FromSeconds(1));
        await using var image = await DockerImage.BuildAsync("RUN printf '#!/bin/sh\\nexec sleep 600' > /usr/local/bin/wegent-executor", Ct);

        var error = await Assert.ThrowsAsync<SandboxException>(async () => await place.Provider.CreateAsync(place.Spec() with { Image = image.Name }, Ct));

        Assert.Equal(FailureReason.SandboxStartFailed, error.Reason);
        Assert.Contains("did not answer within 1 s", error.Message, StringComparison.Ordinal);
        await AssertNothingIsLeftAsync(place);
    }

    [Fact]
    public async Task An_image_without_executor_is_a_wrong_setting()
    {
        await using var place = new DockerPlace();
        await using var image = await DockerImage.BuildAsync("RUN rm /usr/local/bin/wegent-executor", Ct);

        var error = await Assert.ThrowsAsync<SandboxException>(async () => await place.Provider.CreateAsync(place.Spec() with { Image = image.Name }, Ct));

        Assert.Equal(FailureReason.Misconfigured, error.Reason);
        Assert.Contains("holds no /usr/local/bin/wegent-executor", error.Message, StringComparison.Ordinal);
        await AssertNothingIsLeftAsync(place);
    }

    [Fact]
    public async Task A_start_that_is_given_up_by_its_caller_leaves_nothing()
    {
        await using var place = new DockerPlace();
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        impatient.CancelAfter(TimeSpan.FromMilliseconds(100)); // in the middle of the engine's start

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await place.Provider.CreateAsync(place.Spec(), impatient.Token));

        await AssertNothingIsLeftAsync(place);
    }

    [Fact]
    public async Task What_a_crash_left_between_create_and_start_is_replaced()
    {
        await using var place = new DockerPlace();
        var network = await place.Networks.EnsureAsync(Ct);
        var port = await place.Ports.LeaseAsync(place.Spec(), [], Ct);
        var abandoned = await place.Engine.CreateContainerAsync(DockerContainers.Parameters(place.Spec(), place.Options.Value, port, "hash", network), Ct);
        Assert.Null(await place.Provider.FindAsync(place.StoreId, "task-1", Ct));
        Assert.False(Assert.Single(await place.Provider.ListAsync(place.StoreId, Ct).ToListAsync(Ct)).Running);

        await using var sandbox = await place.Provider.CreateAsync(place.Spec(), Ct);

        var container = Assert.Single(await place.ContainersAsync(Ct));
        Assert.NotEqual(abandoned, container.ID);
        Assert.Equal("running", container.State);
    }

    [Fact]
    public async Task A_place_without_engine_or_image_says_so_before_anything_is_started()
    {
        await using var place = new DockerPlace();
        await using var down = new DockerPlace(options => options.Endpoint = new Uri("unix:///tmp/no-engine-here.sock"));

        Assert.Null(await place.Provider.ProbeAsync(TestServices.ExecutorImage, Ct));
        Assert.Equal(FailureReason.ImageMissing, (await place.Provider.ProbeAsync("wegent-executor:missing", Ct))?.Reason);
        Assert.Equal(FailureReason.EngineUnavailable, (await down.Provider.ProbeAsync(null, Ct))?.Reason);
    }

    [Fact]
    public async Task Old_leases_without_a_container_make_way_when_no_port_is_left()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var place = new DockerPlace(clock: clock);
        place.Options.Value.PortRangeMin = place.Options.Value.PortRangeMax = FreePort();
        await place.Ports.LeaseAsync(place.Spec("task-9"), [], Ct);
        var early = await Assert.ThrowsAsync<SandboxException>(async () => await place.Ports.LeaseAsync(place.Spec(), [], Ct));
        clock.Advance(TimeSpan.FromMinutes(16)); // longer than any start takes

        await place.Ports.LeaseAsync(place.Spec(), [], Ct);

        Assert.Equal(FailureReason.PortsExhausted, early.Reason);
        Assert.Equal("task-1", Assert.Single(await place.LeasesAsync(Ct)).Holder);
    }

    [Fact]
    public async Task Another_stores_sandbox_of_the_same_id_is_left_alone()
    {
        await using var mine = new DockerPlace();
        await using var other = new DockerPlace();
        await using var one = await mine.Provider.CreateAsync(mine.Spec(), Ct);
        await using var two = await other.Provider.CreateAsync(other.Spec(), Ct);

        await mine.Provider.RemoveAsync(mine.StoreId, "task-1", Ct);

        Assert.Empty(await mine.ContainersAsync(Ct));
        Assert.Equal("running", Assert.Single(await other.ContainersAsync(Ct)).State);
        Assert.Null(await mine.Provider.FindAsync(mine.StoreId, "task-1", Ct));
    }

    private static async Task AssertNothingIsLeftAsync(DockerPlace place)
    {
        Assert.Empty(await place.ContainersAsync(Ct));
        Assert.Empty(await place.LeasesAsync(Ct));
    }

    private static int FreePort() =>
        Enumerable.Range(10001, 99).First(port =>
        {
            try
            {
                using var probe = new TcpListener(IPAddress.Any, port);
                probe.Start();
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });
}
