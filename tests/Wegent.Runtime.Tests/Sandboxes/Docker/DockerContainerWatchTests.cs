using Docker.DotNet.Models;
using Wegent.Runtime.Sandboxes.Docker;
using Wegent.Tasks;
using Wegent.TestKit;

namespace Wegent.Runtime.Tests.Sandboxes.Docker;

public sealed class DockerContainerWatchTests : IAsyncLifetime
{
    private readonly string store = $"watch-{Guid.NewGuid():N}";
    private DockerPlace place = null!; // set before every test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        place = new DockerPlace();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var container in await place.Engine.ListContainersAsync([$"{DockerLabels.Store}={store}"], Ct))
            await place.Engine.RemoveContainerAsync(container.ID, Ct);
        await place.DisposeAsync();
    }

    [Fact]
    public async Task A_container_that_ends_by_itself_is_told_with_its_code()
    {
        var id = await RunAsync("exit 3");
        using var life = await place.Watch.WatchAsync(id, Ct);

        var reason = await life.Ended.WaitAsync(TimeSpan.FromSeconds(20), Ct);

        Assert.Equal(FailureReason.SandboxLost, reason.Reason);
        Assert.Equal("The sandbox's container ended with code 3", reason.Message);
    }

    [Fact]
    public async Task A_container_that_is_removed_is_told_as_removed_or_killed()
    {
        var id = await RunAsync("sleep 600");
        using var life = await place.Watch.WatchAsync(id, Ct);
        Assert.Null(await life.ExamineAsync(Ct));

        await place.Engine.RemoveContainerAsync(id, Ct);

        var reason = await life.Ended.WaitAsync(TimeSpan.FromSeconds(20), Ct);
        Assert.Equal(FailureReason.SandboxLost, reason.Reason);
        Assert.Matches("was removed|was killed", reason.Message);
        Assert.Equal("The sandbox's container was removed", (await life.ExamineAsync(Ct))?.Message);
    }

    [Fact]
    public async Task A_container_that_used_up_its_memory_is_told_with_its_limit()
    {
        var id = await RunAsync("x=a; while true; do x=$x$x$x$x; done", memoryMiB: 32);
        using var life = await place.Watch.WatchAsync(id, Ct);

        var reason = await life.Ended.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        Assert.Equal(FailureReason.OutOfMemory, reason.Reason);
        Assert.Contains("32 MiB", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_had_ended_before_anybody_watched_is_told_at_once()
    {
        var id = await RunAsync("exit 0");
        using (var first = await place.Watch.WatchAsync(id, Ct))
            await first.Ended.WaitAsync(TimeSpan.FromSeconds(20), Ct);

        using var second = await place.Watch.WatchAsync(id, Ct);

        Assert.True(second.Ended.IsCompletedSuccessfully);
    }

    private async Task<string> RunAsync(string script, long memoryMiB = 128)
    {
        var id = await place.Engine.CreateContainerAsync(
            new CreateContainerParameters
            {
                Name = $"wegent-test-{Guid.NewGuid():N}",
                Image = TestServices.ExecutorImage,
                Entrypoint = ["/bin/sh", "-c", script],
                Labels = new Dictionary<string, string> { [DockerLabels.Store] = store, [DockerLabels.Sandbox] = "x" },
                HostConfig = new HostConfig { NetworkMode = "none", Memory = memoryMiB * 1024 * 1024, MemorySwap = memoryMiB * 1024 * 1024 },
            },
            Ct);
        Assert.True(await place.Engine.StartContainerAsync(id!, Ct));
        return id!;
    }
}
