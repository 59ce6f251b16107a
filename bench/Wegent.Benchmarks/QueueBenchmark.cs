using Hangfire;
using Hangfire.InMemory;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Wegent.Storage;
using Wegent.Tasks;

namespace Wegent.Benchmarks;

/// <summary>
/// Accepting, claiming and ending tasks that do nothing, durably: each step's caller is answered after the flush. Beside a hand-written
/// table with nothing but a queue in it, and a scheduler that keeps its jobs in memory.
/// </summary>
internal static class QueueBenchmark
{
    private const int Tasks = 10_000;
    private const int InFlight = 256;

    private static int s_left;
    private static TaskCompletionSource s_allRan = new();

    public static async Task RunAsync(int rounds)
    {
        using var folder = new TemporaryFolder();
        await using var sqlite = Services(builder => builder.UseSqlite(folder.File("wegent.db")));
        await using var memory = Services(static builder => builder.UseInMemoryStorage());
        using var floor = new SqliteFloor(folder.File("floor.db"));
        var storage = new InMemoryStorage();
        using var hangfire = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = 10 }, storage);
        var jobs = new BackgroundJobClient(storage);

        await new Comparison($"Tasks accepted, claimed and ended, {Tasks:N0} of them, {InFlight} in flight", "tasks", rounds)
            .Add("floor: SQLite, three bare rows written in groups of 256", () => Task.FromResult(floor.Run(Tasks, InFlight)))
            .Add("Wegent on SQLite: plan, messages, log, leases, limits", () => RunAsync(sqlite))
            .Add("Wegent in memory", () => RunAsync(memory))
            .Add("peer: Hangfire.InMemory, not durable, 10 workers", async () =>
            {
                s_left = Tasks;
                s_allRan = new(TaskCreationOptions.RunContinuationsAsynchronously);
                for (var i = 0; i < Tasks; i++)
                    jobs.Enqueue(static () => Nothing());
                await s_allRan.Task;
                return Tasks;
            })
            .RunAsync();
    }

    /// <summary>What a job of the peer does. Public, since the peer calls it by reflection.</summary>
    public static void Nothing()
    {
        if (Interlocked.Decrement(ref s_left) == 0)
            s_allRan.SetResult();
    }

    private static ServiceProvider Services(Action<IWegentBuilder> configure)
    {
        var services = new ServiceCollection();
        configure(services.AddWegent());
        return services.BuildServiceProvider();
    }

    private static async Task<int> RunAsync(ServiceProvider services)
    {
        var tasks = services.GetRequiredService<ITaskStore>();
        var runs = services.GetRequiredService<IRunStore>();
        var plan = new ExecutionPlan
        {
            TeamNamespace = "default",
            TeamName = "bench",
            CollaborationModel = "solo",
            Members = [new PlannedMember { BotName = "bot", ShellType = "Demo", SystemPrompt = "You do nothing." }],
        };
        await Parallel.ForAsync(0, Tasks, new ParallelOptions { MaxDegreeOfParallelism = InFlight }, async (i, stop) =>
            await tasks.CreateAsync(new NewTask { Owner = "bench", Namespace = "default", Title = "Nothing", Prompt = "Do nothing", Plan = plan }, stop));

        var ended = 0;
        while (ended < Tasks)
        {
            var claims = await runs.ClaimAsync(new ClaimRequest("bench", DateTimeOffset.UtcNow.AddMinutes(1), 1000, InFlight), CancellationToken.None);
            await Task.WhenAll(claims.Select(async claim => await runs.CommitAsync(claim.Lease, new RunCommit { Move = new RunMove(TaskTrigger.Completed) }, CancellationToken.None)));
            ended += claims.Count;
        }

        return Tasks;
    }

    private sealed class SqliteFloor : IDisposable
    {
        private readonly SqliteConnection _connection;

        public SqliteFloor(string file)
        {
            _connection = new SqliteConnection($"Data Source={file}");
            _connection.Open();
            Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            Execute("CREATE TABLE jobs (id INTEGER PRIMARY KEY, state INTEGER NOT NULL, payload TEXT NOT NULL); CREATE INDEX ix_jobs ON jobs (id) WHERE state = 0;");
        }

        public int Run(int count, int batch)
        {
            using var insert = Command("INSERT INTO jobs (state, payload) VALUES (0, @payload)", "@payload");
            using var claim = Command("UPDATE jobs SET state = 1 WHERE id IN (SELECT id FROM jobs WHERE state = 0 ORDER BY id LIMIT @limit) RETURNING id", "@limit");
            using var finish = Command("UPDATE jobs SET state = 2 WHERE id = @id AND state = 1", "@id");
            insert.Parameters[0].Value = """{"team":"bench","prompt":"Do nothing"}""";
            for (var done = 0; done < count; done += batch)
            {
                using var transaction = _connection.BeginTransaction();
                insert.Transaction = transaction;
                for (var i = 0; i < batch; i++)
                    insert.ExecuteNonQuery();
                transaction.Commit();
            }

            var ids = new List<long>();
            while (true)
            {
                ids.Clear();
                using (var transaction = _connection.BeginTransaction())
                {
                    claim.Transaction = transaction;
                    claim.Parameters[0].Value = batch;
                    using (var reader = claim.ExecuteReader())
                    {
                        while (reader.Read())
                            ids.Add(reader.GetInt64(0));
                    }

                    transaction.Commit();
                }

                if (ids.Count == 0)
                    return count;
                using var end = _connection.BeginTransaction();
                finish.Transaction = end;
                foreach (var id in ids)
                {
                    finish.Parameters[0].Value = id;
                    finish.ExecuteNonQuery();
                }

                end.Commit();
            }
        }

        public void Dispose() => _connection.Dispose();

        private SqliteCommand Command(string sql, string parameter)
        {
            var command = _connection.CreateCommand();
            command.CommandText = sql;
            command.Parameters.Add(parameter, parameter == "@payload" ? SqliteType.Text : SqliteType.Integer);
            return command;
        }

        private void Execute(string sql)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }
}
