using Wegent.Runtime.Sandboxes.Docker;
using Wegent.Sandboxes;
using Wegent.TestKit;
using Wegent.TestKit.Sandboxes;

namespace Wegent.Runtime.Tests.Sandboxes.Docker;

public sealed class DockerSandboxProviderContractTests : SandboxProviderContract
{
    private readonly List<DockerPlace> _places = [new(options => options.ExecutorImage = TestServices.ExecutorImage)];

    protected override ISandboxProvider CreateProvider()
    {
        _places.Add(new DockerPlace(options => options.ExecutorImage = TestServices.ExecutorImage, sameStoreAs: _places[0]));
        return _places[^1].Provider;
    }

    protected override async Task AssertNothingIsLeftAsync(string sandboxId)
    {
        Assert.DoesNotContain(await _places[0].Engine.ListContainersAsync([DockerLabels.Store], Ct), container => container.Labels![DockerLabels.Sandbox] == sandboxId);
        Assert.Empty(await _places[0].LeasesAsync(Ct));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var place in _places)
            await place.DisposeAsync();
    }
}
