using Wegent.TestKit.Storage;

namespace Wegent.Runtime.Tests.Storage.InMemory;

public sealed class InMemoryResourceStoreTests : ResourceStoreContract
{
    protected override ValueTask<TestStores> OpenAsync(TimeProvider clock) => InMemoryStores.OpenAsync(clock);
}
