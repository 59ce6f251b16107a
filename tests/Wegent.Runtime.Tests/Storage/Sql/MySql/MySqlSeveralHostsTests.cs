using Wegent.TestKit.Storage;

namespace Wegent.Runtime.Tests.Storage.Sql.MySql;

public sealed class MySqlSeveralHostsTests : SeveralHostsContract
{
    protected override ValueTask<IReadOnlyList<TestStores>> OpenHostsAsync(TimeProvider clock, int count) => MySqlTestDatabase.OpenHostsAsync(clock, count);
}
