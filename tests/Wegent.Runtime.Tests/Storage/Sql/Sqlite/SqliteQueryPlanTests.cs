using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Wegent.Resources;
using Wegent.Runtime.Storage.Sql;
using Wegent.Runtime.Storage.Sql.Sqlite;

namespace Wegent.Runtime.Tests.Storage.Sql.Sqlite;

/// <summary>That no statement of the stores reads a whole table: each goes by an index, and pages come in the index's own order.</summary>
public sealed partial class SqliteQueryPlanTests : IAsyncLifetime
{
    private readonly SqliteFile _file = new();

    public async ValueTask InitializeAsync()
    {
        await using var database = _file.Open();
        await database.OpenAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return default;
    }

    [Fact]
    public void Every_statement_goes_by_an_index()
    {
        var statements = Statements().ToList();

        Assert.True(statements.Count > 100, $"only {statements.Count} statements were found");
        Assert.All(statements, statement =>
        {
            var plan = Explain(statement.Sql);
            Assert.DoesNotContain(plan, step => step.StartsWith("SCAN", StringComparison.Ordinal) && !IsIndexThatIsReadWhole(step));
        });
    }

    [Fact]
    public void Pages_need_no_sorting()
    {
        var statements = Statements().Where(static statement => !statement.Sql.Contains("@since", StringComparison.Ordinal)); // a change time leads to few rows

        Assert.All(statements, statement => Assert.DoesNotContain(Explain(statement.Sql), static step => step.Contains("TEMP B-TREE", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_statement_whose_index_cannot_serve_is_an_error()
    {
        var error = Assert.Throws<SqliteException>(() => Explain("SELECT t.id FROM tasks t /*use ix_tasks_ready*/ WHERE t.title = @title"));

        Assert.Equal(1, error.SqliteErrorCode);
    }

    // A values clause is rows to insert; q is sqlite_sequence, a row a table; the users' list is all users; the tasks with a lease are those that run, as many as there are slots.
    private static bool IsIndexThatIsReadWhole(string step) =>
        step == "SCAN q" || step.EndsWith("VALUES CLAUSE", StringComparison.Ordinal) || step.Contains("INDEX ux_users_name", StringComparison.Ordinal) || step.Contains("INDEX ix_tasks_lease", StringComparison.Ordinal);

    private static IEnumerable<(string Name, string Sql)> Statements()
    {
        foreach (var type in new[] { typeof(TaskSql), typeof(UserSql), typeof(PortLeaseSql), typeof(ResourceSql), typeof(ResourceLogSql), typeof(SecretSql) })
        {
            foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(static field => field.IsLiteral && field.FieldType == typeof(string)))
                yield return ($"{type.Name}.{field.Name}", (string)field.GetRawConstantValue()!);
        }

        for (var count = 1; count <= TaskSql.MaxEvents; count++)
            yield return ($"InsertEvents {count}", TaskSql.InsertEvents(count));

        for (var bits = 0; bits < 16; bits++)
            yield return ($"ListTasks {bits}", TaskSql.ListTasks((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0));

        foreach (var kind in ResourceKinds.All.Where(static kind => kind.Name != ResourceKinds.Task))
        {
            foreach (var owner in new[] { "ada", ResourceKey.SystemOwner })
            {
                foreach (var property in typeof(ResourceSql).GetProperties(BindingFlags.Public | BindingFlags.Instance))
                    yield return ($"{kind.Plural} of {owner}: {property.Name}", (string)property.GetValue(ResourceSql.For(kind.Name, owner))!);
            }
        }
    }

    private List<string> Explain(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_file.Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + new SqliteDialect(new() { Path = _file.Path }).Translate(sql);
        foreach (var name in Parameter().Matches(sql).Select(static match => match.Value).Distinct())
            command.Parameters.AddWithValue(name, DBNull.Value);
        using var reader = command.ExecuteReader();
        var steps = new List<string>();
        while (reader.Read())
            steps.Add(reader.GetString(3));
        return steps;
    }

    [GeneratedRegex("@[a-z_0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();
}
