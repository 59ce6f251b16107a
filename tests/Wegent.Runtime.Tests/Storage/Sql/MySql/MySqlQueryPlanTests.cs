using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using MySqlConnector;
using Wegent.Runtime.Storage.Sql;

namespace Wegent.Runtime.Tests.Storage.Sql.MySql;

/// <summary>That no statement of the stores reads a whole table, asked of the server's own plans over tables with some thousand rows.</summary>
public sealed partial class MySqlQueryPlanTests : IAsyncLifetime
{
    private static readonly string[] s_texts =
        ["owner", "namespace", "name", "after_namespace", "after_name", "key", "node", "status", "team", "uid", "engine", "holder", "name_key", "digest", "old_status", "key_hash"];

    private MySqlTestDatabase _database = null!; // set before any test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await MySqlTestDatabase.RentAsync();
        await _database.QueryAsync("CREATE TEMPORARY TABLE n AS WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i FROM n; " + string.Join("; ", Fill()));
        await _database.QueryAsync("ANALYZE TABLE tasks, task_specs, subtasks, subtask_texts, task_events, task_artifacts, idempotency_keys, port_leases, users, resource_log, bots, ghosts, api_keys");
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Every_statement_goes_by_an_index_and_pages_need_no_sorting()
    {
        var statements = Statements().Where(static statement => !statement.Sql.StartsWith("INSERT", StringComparison.Ordinal)).ToList();
        Assert.True(statements.Count > 70, $"only {statements.Count} statements were found");

        await using var connection = new MySqlConnection(_database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Ct);
        var wrong = new List<string>();
        foreach (var (name, sql) in statements)
        {
            foreach (var step in await ExplainAsync(connection, sql))
            {
                if ((step.Type is "ALL" or "index" && !IsIndexThatIsReadWhole(step)) || (step.Extra.Contains("filesort", StringComparison.Ordinal) && !sql.Contains("@since", StringComparison.Ordinal)))
                    wrong.Add($"{name}: {step}");
            }
        }

        Assert.Empty(wrong);
    }

    // The outcome of a union is not a table; the users' list is all users.
    private static bool IsIndexThatIsReadWhole(Step step) => step.Table.StartsWith('<') || step.Key == "ux_users_name";

    private static IEnumerable<(string Name, string Sql)> Statements()
    {
        foreach (var type in new[] { typeof(TaskSql), typeof(UserSql), typeof(PortLeaseSql), typeof(ResourceSql), typeof(ResourceLogSql), typeof(SecretSql) })
        {
            foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(static field => field.IsLiteral && field.FieldType == typeof(string)))
                yield return ($"{type.Name}.{field.Name}", (string)field.GetRawConstantValue()!);
        }

        for (var bits = 0; bits < 16; bits++)
            yield return ($"ListTasks {bits}", TaskSql.ListTasks((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0));

        foreach (var kind in new[] { "Bot", "Ghost" })
        {
            foreach (var property in typeof(ResourceSql).GetProperties(BindingFlags.Public | BindingFlags.Instance))
                yield return ($"{kind}: {property.Name}", (string)property.GetValue(ResourceSql.For(kind, "ada"))!);
        }
    }

    /// <summary>Tasks of ten users, most of them done; a few run and a few wait.</summary>
    private static IEnumerable<string> Fill()
    {
        const string Status = "CASE WHEN i % 100 = 1 THEN 'RUNNING' WHEN i % 50 = 2 THEN 'PENDING' ELSE 'CANCELLED' END";
        yield return $"""
            INSERT INTO tasks (owner, namespace, name, team_name, status, progress, attempt, ready_at, fence, lease_until, last_seq, last_message_id, preserve_executor, created_at, updated_at, completed_at)
            SELECT CONCAT('u', i % 10), 'default', CONCAT('t', i), CONCAT('team', i % 7), {Status}, 0, 0, CASE WHEN {Status} = 'PENDING' THEN i END, 0,
              CASE WHEN {Status} = 'RUNNING' THEN i END, 3, 2, 0, i, i, CASE WHEN {Status} = 'CANCELLED' THEN i END FROM n
            """;
        yield return "INSERT INTO task_specs (task_id, title, prompt, labels, plan) SELECT id, 't', 'p', '{}', '{}' FROM tasks";
        yield return "INSERT INTO subtasks (task_id, message_id, role, member, sender, status, attempt, covered_line, created_at, completed_at) SELECT t.id, m.i, 'USER', -1, 'ada', 'COMPLETED', 0, -1, 0, 0 FROM tasks t JOIN (SELECT 1 AS i UNION ALL SELECT 2 UNION ALL SELECT 3) m";
        yield return "INSERT INTO subtask_texts (subtask_id, prompt) SELECT id, 'p' FROM subtasks";
        yield return "INSERT INTO task_events (task_id, seq, name, created_at, data) SELECT t.id, m.i, 'x', 0, 'x' FROM tasks t JOIN (SELECT 1 AS i UNION ALL SELECT 2 UNION ALL SELECT 3) m";
        yield return "INSERT INTO task_artifacts (task_id, name, content) SELECT id, 'diff', 'x' FROM tasks";
        yield return "INSERT INTO idempotency_keys (owner, scope, idempotency_key, digest, task_id, subtask_id, expires_at) SELECT CONCAT('u', i % 10), 0, CONCAT('k', i), 'd', 1, 1, 1000000 + i FROM n";
        yield return "INSERT INTO port_leases (engine, port, holder, leased_at) SELECT CONCAT('e', i % 20), i, CONCAT('h', i), 0 FROM n";
        yield return "INSERT INTO users (user_name, name_key, role, is_active, token_version, created_at, updated_at) SELECT CONCAT('u', i), CONCAT('U', i), 'user', 1, 0, 0, 0 FROM n";
        yield return "INSERT INTO api_keys (user_id, name, key_hash, hint, scope, created_at) SELECT id % 50, 'k', CONCAT('h', id), 'h', 'full', 0 FROM users";
        foreach (var table in new[] { "bots", "ghosts" })
            yield return $"INSERT INTO {table} (uid, owner, namespace, name, version, generation, created_at, updated_at, document) SELECT CONCAT('{table}', i), CONCAT('u', i % 10), CONCAT('n', i % 5), CONCAT('b', i), i, 1, 0, 0, '' FROM n";
        yield return "INSERT INTO resource_log (version, operation, kind, owner, namespace, name, uid, generation, created_at, updated_at, document) SELECT i, 'ADDED', 'Bot', 'ada', 'default', 'b', CONCAT('bots', i % 100), 1, 0, 0, '' FROM n";
    }

    private async Task<List<Step>> ExplainAsync(MySqlConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN " + _database.Dialect().Translate(sql);
        foreach (var name in Parameter().Matches(sql).Select(static match => match.Value).Distinct())
            command.Parameters.AddWithValue(name, ValueOf(name[1..]));
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var steps = new List<Step>();
        while (await reader.ReadAsync(Ct))
            steps.Add(new(Text("table"), Text("type"), Text("key"), Text("Extra")));
        return steps;

        string Text(string column) => Convert.ToString(reader[column], CultureInfo.InvariantCulture) ?? "";
    }

    private static object ValueOf(string name) => name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7') switch
    {
        "owner" => "u3",
        "namespace" or "after_namespace" => "n1",
        "status" or "old_status" => "RUNNING",
        "limit" or "keep" => 20,
        "now" => 50L,
        "before" => 700L,
        "since" => 880L,
        var text when s_texts.Contains(text) => "b1",
        _ => 77L,
    };

    private sealed record Step(string Table, string Type, string Key, string Extra);

    [GeneratedRegex("@[a-z_0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();
}
