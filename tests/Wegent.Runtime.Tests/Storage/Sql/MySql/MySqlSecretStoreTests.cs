using Wegent.TestKit.Storage;

namespace Wegent.Runtime.Tests.Storage.Sql.MySql;

public sealed class MySqlSecretStoreTests : SecretStoreContract
{
    protected override ValueTask<TestStores> OpenAsync(TimeProvider clock) => MySqlTestDatabase.OpenStoresAsync(clock);
}
