using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Wegent.Runtime.Sandboxes.Docker;
using Wegent.TestKit;

namespace Wegent.Runtime.Tests.Sandboxes.Docker;

/// <summary>The parts of the Docker place, wired up as a host does it, on the engine of the tests.</summary>
internal sealed class DockerPlace : IAsyncDisposable
{
    public DockerPlace(Action<DockerSandboxOptions>? configure = null)
    {
        var settings = new DockerSandboxOptions { EngineTimeout = TimeSpan.FromSeconds(30) };
        configure?.Invoke(settings);
        settings.Endpoint ??= TestServices.Docker;
        Options = new OptionsWrapper<DockerSandboxOptions>(settings);
        Engine = new DockerEngine(Options, TimeProvider.System, NullLogger<DockerEngine>.Instance);
        Networks = new DockerNetworks(Engine, Options, NullLogger<DockerNetworks>.Instance);
        Watch = new DockerContainerWatch(Engine, TimeProvider.System, NullLogger<DockerContainerWatch>.Instance);
    }

    public IOptions<DockerSandboxOptions> Options { get; }

    public DockerEngine Engine { get; }

    public DockerNetworks Networks { get; }

    public DockerContainerWatch Watch { get; }

    public async ValueTask DisposeAsync()
    {
        await Watch.DisposeAsync();
        Networks.Dispose();
        Engine.Dispose();
    }
}
