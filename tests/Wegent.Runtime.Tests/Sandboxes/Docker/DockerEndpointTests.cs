using Wegent.Runtime.Sandboxes.Docker;

namespace Wegent.Runtime.Tests.Sandboxes.Docker;

public sealed class DockerEndpointTests
{
    [Theory]
    [InlineData(null, null, "unix:///var/run/docker.sock")]
    [InlineData(null, "", "unix:///var/run/docker.sock")]
    [InlineData(null, "unix:///tmp/x.sock", "unix:///tmp/x.sock")]
    [InlineData(null, "tcp://127.0.0.1:2375", "tcp://127.0.0.1:2375")]
    [InlineData(null, "tcp://[::1]:2375", "tcp://[::1]:2375")]
    [InlineData("tcp://localhost:2375", "unix:///tmp/x.sock", "tcp://localhost:2375")]
    public void The_setting_comes_before_the_environment_and_that_before_the_default(string? configured, string? dockerHost, string expected) =>
        Assert.Equal(new Uri(expected), DockerEndpoint.Resolve(configured is null ? null : new Uri(configured), dockerHost));

    [Theory]
    [InlineData("tcp://10.0.0.7:2375", "on another machine")]
    [InlineData("ssh://me@server", "scheme 'ssh'")]
    [InlineData("no address", "no address such as unix:///var/run/docker.sock")]
    public void An_address_that_cannot_work_is_refused_with_the_reason(string dockerHost, string words)
    {
        var error = Assert.Throws<FormatException>(() => DockerEndpoint.Resolve(null, dockerHost));

        Assert.Contains("DOCKER_HOST", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }
}
