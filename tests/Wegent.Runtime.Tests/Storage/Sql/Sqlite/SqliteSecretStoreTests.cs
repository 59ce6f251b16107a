using Wegent.TestKit.Storage;

namespace Wegent.Runtime.Tests.Storage.Sql.Sqlite;

public sealed class SqliteSecretStoreTests : SecretStoreContract
{
    protected override ValueTask<TestStores> OpenAsync(TimeProvider clock) => SqliteFile.OpenStoresAsync(clock);
}
