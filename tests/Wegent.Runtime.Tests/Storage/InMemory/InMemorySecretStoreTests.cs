using Wegent.TestKit.Storage;

namespace Wegent.Runtime.Tests.Storage.InMemory;

public sealed class InMemorySecretStoreTests : SecretStoreContract
{
    protected override ValueTask<TestStores> OpenAsync(TimeProvider clock) => InMemoryStores.OpenAsync(clock);
}
