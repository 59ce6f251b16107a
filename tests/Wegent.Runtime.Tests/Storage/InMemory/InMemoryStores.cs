using Wegent.Runtime.Storage.InMemory;
using Wegent.TestKit.Storage;

namespace Wegent.Runtime.Tests.Storage.InMemory;

internal static class InMemoryStores
{
    public static ValueTask<TestStores> OpenAsync(TimeProvider clock)
    {
        var database = new InMemoryDatabase(clock);
        return new(new TestStores(
            new InMemoryResourceStore(database),
            new InMemoryTaskStore(database),
            new InMemoryRunStore(database),
            new InMemoryPortLeaseStore(database),
            new InMemoryUserStore(database),
            new InMemorySecretStore(database)));
    }
}
