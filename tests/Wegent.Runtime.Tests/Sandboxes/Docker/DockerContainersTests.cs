using Wegent.Runtime.Sandboxes.Docker;
using Wegent.Sandboxes;
using Wegent.Tasks;

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
    public void A_source_folder_is_shown_read_only_where_it_really_is()
    {
        var folder = Directory.CreateTempSubdirectory("wegent-source-");
        var link = folder.FullName + "-link";
        File.CreateSymbolicLink(link, folder.FullName);
        try
        {
            var parameters = DockerContainers.Parameters(Spec with { SourceFolder = link }, new DockerSandboxOptions(), 10007, "hash", Network);

            var bind = Assert.Single(parameters.HostConfig!.Mounts!, mount => mount.Type == "bind");
            Assert.Equal((folder.FullName, "/source", true), (bind.Source, bind.Target, bind.ReadOnly));
        }
        finally
        {
            File.Delete(link);
            folder.Delete();
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/proc/self")]
    [InlineData("/tmp/../etc/")]
    [InlineData("/var/run")]
    [InlineData("/no/such/folder")]
    public void A_folder_of_the_system_is_not_shown(string source)
    {
        var error = Assert.Throws<SandboxException>(() =>
            DockerContainers.Parameters(Spec with { SourceFolder = source }, new DockerSandboxOptions(), 10007, "hash", Network));

        Assert.Equal(FailureReason.WorkspaceFailed, error.Reason);
    }
}
