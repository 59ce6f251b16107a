using System.Net;
using System.Net.Sockets;
using Docker.DotNet.Models;
using Wegent.Sandboxes;
using Wegent.Tasks;
using Wegent.TestKit;

namespace Wegent.Runtime.Tests.Sandboxes.Docker;

public sealed class DockerEngineTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_engine_that_is_down_is_told_with_its_address()
    {
        await using var place = new DockerPlace(options => options.Endpoint = new Uri("unix:///tmp/no-engine-here.sock"));

        var error = await Assert.ThrowsAsync<SandboxException>(async () => await place.Engine.HasImageAsync("x", Ct));

        Assert.Equal(FailureReason.EngineUnavailable, error.Reason);
        Assert.Equal("sandbox.engine_unavailable", error.Code);
        Assert.Contains("unix:///tmp/no-engine-here.sock does not answer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_hangs_is_given_up_after_its_timeout()
    {
        var socket = Path.Combine(Path.GetTempPath(), $"wegent-{Guid.NewGuid():N}.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(socket));
        listener.Listen();
        try
        {
            await using var place = new DockerPlace(options => (options.Endpoint, options.EngineTimeout) = (new Uri($"unix://{socket}"), TimeSpan.FromSeconds(1)));

            var error = await Assert.ThrowsAsync<SandboxException>(async () => await place.Engine.HasImageAsync("x", Ct));

            Assert.Equal(FailureReason.EngineUnavailable, error.Reason);
            Assert.Contains("within 1 s", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(socket);
        }
    }

    [Fact]
    public async Task An_engine_that_comes_up_later_is_used_then()
    {
        var socket = Path.Combine(Path.GetTempPath(), $"wegent-{Guid.NewGuid():N}.sock");
        var real = TestServices.Docker;
        await using var place = new DockerPlace(options => options.Endpoint = new Uri($"unix://{socket}"));
        await Assert.ThrowsAsync<SandboxException>(async () => await place.Engine.HasImageAsync("x", Ct));
        File.CreateSymbolicLink(socket, real.AbsolutePath);
        try
        {
            Assert.False(await place.Engine.HasImageAsync("no-such-image:1", Ct));
        }
        finally
        {
            File.Delete(socket);
        }
    }

    [Fact]
    public async Task A_missing_image_is_told_by_name()
    {
        await using var place = new DockerPlace();

        var error = await Assert.ThrowsAsync<SandboxException>(async () =>
            await place.Engine.CreateContainerAsync(new CreateContainerParameters { Name = "wegent-test-missing", Image = "no-such-image:1" }, Ct));

        Assert.Equal(FailureReason.ImageMissing, error.Reason);
        Assert.Contains("no-such-image:1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_no_image_is_a_wrong_setting()
    {
        await using var place = new DockerPlace();

        var error = await Assert.ThrowsAsync<SandboxException>(async () =>
            await place.Engine.CreateContainerAsync(new CreateContainerParameters { Name = "wegent-test-bad", Image = "Evil; rm -rf" }, Ct));

        Assert.Equal(FailureReason.Misconfigured, error.Reason);
    }

    [Fact]
    public async Task A_taken_name_and_a_taken_port_are_answers_not_errors()
    {
        await using var place = new DockerPlace();
        var network = await place.Networks.EnsureAsync(Ct);
        using var foreign = new TcpListener(IPAddress.Loopback, 0);
        foreign.Start();
        var parameters = new CreateContainerParameters
        {
            Name = $"wegent-test-{Guid.NewGuid():N}",
            Image = TestServices.ExecutorImage,
            Entrypoint = ["/bin/sleep", "600"],
            ExposedPorts = new Dictionary<string, EmptyStruct> { ["10000/tcp"] = default },
            HostConfig = new HostConfig
            {
                NetworkMode = network.Id,
                PortBindings = new Dictionary<string, IList<PortBinding>>
                {
                    ["10000/tcp"] = [new PortBinding { HostIP = "127.0.0.1", HostPort = $"{((IPEndPoint)foreign.LocalEndpoint).Port}" }],
                },
            },
        };

        var id = await place.Engine.CreateContainerAsync(parameters, Ct);
        try
        {
            Assert.NotNull(id);
            Assert.Null(await place.Engine.CreateContainerAsync(parameters, Ct));
            Assert.False(await place.Engine.StartContainerAsync(id, Ct));
        }
        finally
        {
            Assert.True(await place.Engine.RemoveContainerAsync(id!, Ct));
            Assert.False(await place.Engine.RemoveContainerAsync(id!, Ct));
        }
    }

    [Fact]
    public async Task The_network_is_made_once_however_many_ask_at_the_same_time()
    {
        var name = $"wegent-test-{Guid.NewGuid():N}"[..20];
        await using var one = new DockerPlace(options => options.Network = name);
        await using var two = new DockerPlace(options => options.Network = name);
        try
        {
            var found = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? one : two).Networks.EnsureAsync(Ct).AsTask()));

            var id = Assert.Single(found.Select(network => network.Id).Distinct());
            Assert.All(found, network => Assert.Matches(@"^\d+\.\d+\.\d+\.\d+$", network.Gateway!));
            Assert.Equal(id, Assert.Single(await one.Engine.ListNetworksAsync(name, Ct)).ID);
        }
        finally
        {
            foreach (var network in await one.Engine.ListNetworksAsync(name, Ct))
                await one.Engine.RemoveNetworkAsync(network.ID, Ct);
        }
    }
}
