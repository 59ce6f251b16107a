using Wegent.Runtime.Sandboxes.Docker;
using Wegent.Sandboxes;

namespace Wegent.Runtime.Tests.Sandboxes.Docker;

public sealed class DockerContainersTests
{
    private static readonly SandboxSpec Spec = new() { Id = "task-7", StoreId = "store-a", TaskId = 7 };

    private static readonly DockerNetwork Network = new("abc", "172.20.0.1");

    [Fact]
    public void A_container_gets_its_limits_and_nothing_it_does_not_need()
    {
        var spec = Spec with { Limits = new SandboxLimits(256, 0.5, 64, TimeSpan.FromMinutes(5)) };

        var parameters = DockerContainers.Parameters(spec, new DockerSandboxOptions(), 10007, "hash", Network);

        var host = Assert.IsType<global::Docker.DotNet.Models.HostConfig>(parameters.HostConfig);
        Assert.Equal(256L * 1024 * 1024, host.Memory);
        Assert.Equal(host.Memory, host.MemorySwap);
        Assert.Equal(500_000_000, host.NanoCPUs);
        Assert.Equal(64, host.PidsLimit);
        Assert.Equal(["ALL"], host.CapDrop);
        Assert.Null(host.CapAdd);
        Assert.Equal(["no-new-privileges:true"], host.SecurityOpt);
        Assert.False(host.Privileged);
        Assert.True(host.ReadonlyRootfs);
        Assert.False(host.AutoRemove);
        Assert.Null(host.Binds);
        Assert.Equal("1000:1000", parameters.User);
        Assert.DoesNotContain(host.Mounts!, mount => mount.Type == "bind");
        Assert.Contains("300", parameters.Cmd!);
    }

    [Fact]
    public void The_port_is_published_on_the_loopback_address_only()
    {
        var parameters = DockerContainers.Parameters(Spec, new DockerSandboxOptions(), 10007, "hash", Network);

        var (inside, outside) = Assert.Single(parameters.HostConfig!.PortBindings!);
        Assert.Equal($"{DockerContainers.ExecutorPort}/tcp", inside);
        var binding = Assert.Single(outside);
        Assert.Equal(("127.0.0.1", "10007"), (binding.HostIP, binding.HostPort));
    }

    [Fact]
    public void Only_the_hash_of_the_secret_goes_inside()
    {
        var parameters = DockerContainers.Parameters(Spec, new DockerSandboxOptions(), 10007, "hash", Network);

        Assert.Equal(["WEGENT_SECRET_SHA256=hash", "HOME=/home/agent"], parameters.Env);
    }

    [Fact]
    public void The_same_sandbox_has_the_same_name_and_another_stores_another()
    {
        Assert.Equal(DockerContainers.Name("store-a", "task-7"), DockerContainers.Name("store-a", "task-7"));
        Assert.NotEqual(DockerContainers.Name("store-a", "task-7"), DockerContainers.Name("store-b", "task-7"));
        Assert.EndsWith("-task-7", DockerContainers.Name("store-a", "task-7"), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_of_the_host_is_mounted_not_even_the_source_folder()
    {
        var parameters = DockerContainers.Parameters(Spec with { SourceFolder = "/srv/project" }, new DockerSandboxOptions(), 10007, "hash", Network);

        Assert.All(parameters.HostConfig!.Mounts!, mount => Assert.Equal(("volume", null), (mount.Type, mount.Source)));
        Assert.Contains(parameters.HostConfig.Mounts!, mount => mount.Target == DockerContainers.SourceFolder);
    }
}
