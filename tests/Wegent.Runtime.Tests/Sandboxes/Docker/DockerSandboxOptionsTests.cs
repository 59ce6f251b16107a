using Microsoft.Extensions.Options;
using Wegent.Runtime.Sandboxes.Docker;

namespace Wegent.Runtime.Tests.Sandboxes.Docker;

public sealed class DockerSandboxOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(Findings(new DockerSandboxOptions()));

    [Fact]
    public void All_wrong_settings_are_told_at_once_each_with_its_name()
    {
        var options = new DockerSandboxOptions
        {
            ExecutorImage = "",
            Network = "-x",
            PortRangeMin = 0,
            PortRangeMax = -1,
            ReadyTimeout = TimeSpan.Zero,
            EngineTimeout = TimeSpan.FromHours(1),
            Endpoint = new Uri("tcp://example.org:2375"),
            TemporaryMiB = 1,
            LogMiB = 0,
        };

        var findings = string.Join('\n', Findings(options));

        foreach (var name in new[] { "ExecutorImage", "Network", "PortRangeMin", "PortRangeMax", "ReadyTimeout", "EngineTimeout", "Endpoint", "TemporaryMiB", "LogMiB" })
            Assert.Contains(name, findings, StringComparison.Ordinal);
        Assert.Contains("PortRangeMax (-1) is below PortRangeMin (0)", findings, StringComparison.Ordinal);
        Assert.Contains("on another machine", findings, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Findings(DockerSandboxOptions options)
    {
        IValidateOptions<DockerSandboxOptions>[] validators = [new DockerSandboxOptionsAnnotations(), new DockerSandboxOptionsRules()];
        return validators.SelectMany(validator => validator.Validate(null, options).Failures ?? []);
    }
}
