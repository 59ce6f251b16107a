using Wegent.TestKit.Storage;

namespace Wegent.Runtime.Tests.Storage.Sql.MySql;

public sealed class MySqlResourceStoreTests : ResourceStoreContract
{
    protected override ValueTask<TestStores> OpenAsync(TimeProvider clock) => MySqlTestDatabase.OpenStoresAsync(clock);
}
