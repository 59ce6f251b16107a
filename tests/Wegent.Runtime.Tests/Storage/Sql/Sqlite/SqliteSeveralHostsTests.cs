using Wegent.TestKit.Storage;

namespace Wegent.Runtime.Tests.Storage.Sql.Sqlite;

public sealed class SqliteSeveralHostsTests : SeveralHostsContract
{
    protected override ValueTask<IReadOnlyList<TestStores>> OpenHostsAsync(TimeProvider clock, int count) => SqliteFile.OpenHostsAsync(clock, count);
}
