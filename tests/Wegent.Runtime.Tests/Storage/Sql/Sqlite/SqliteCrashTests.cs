using System.Diagnostics;
using Wegent.Runtime.Storage.Sql;
using Wegent.Storage;

namespace Wegent.Runtime.Tests.Storage.Sql.Sqlite;

/// <summary>A process that is killed while it writes: what it was told is written is there, and nothing is half there.</summary>
public sealed class SqliteCrashTests : IDisposable
{
    private const string FileVariable = "WEGENT_TEST_CRASH_FILE";
    private const string Written = "written ";

    private readonly SqliteFile _file = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task What_was_answered_before_a_kill_is_there_and_whole()
    {
        var told = new List<long>();
        using (var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, Arguments())
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            Environment = { [FileVariable] = _file.Path },
        })!)
        {
            while (await child.StandardOutput.ReadLineAsync(Ct) is { } line)
            {
                if (line.StartsWith(Written, StringComparison.Ordinal))
                    told.Add(long.Parse(line[Written.Length..]));
                if (told.Count == 500)
                    child.Kill(); // SIGKILL, with writes under way
            }

            await child.WaitForExitAsync(Ct);
        }

        Assert.True(told.Count >= 500, $"the writing process ended after {told.Count} writes");
        await using (var database = _file.Open())
        {
            var tasks = new SqlTaskStore(database);
            foreach (var id in told)
            {
                var task = await tasks.FindAsync(id, Ct);
                Assert.NotNull(task);
                Assert.Equal(Enumerable.Range(1, (int)task.LastSeq).Select(static n => (long)n), (await tasks.ReadEventsAsync(id, 0, 100, Ct)).Select(static entry => entry.Seq));
            }
        }

        Assert.Equal(["ok"], _file.Query("PRAGMA integrity_check"));
        Assert.Empty(_file.Query("PRAGMA foreign_key_check"));
        Assert.Equal(["0"], _file.Query("SELECT COUNT(*) FROM tasks t WHERE t.last_seq <> (SELECT COUNT(*) FROM task_events e WHERE e.task_id = t.id)"));
    }

    /// <summary>The process that is killed: this very test program, asked to run this alone.</summary>
    [Fact(Explicit = true)]
    public async Task Writes_until_it_is_killed()
    {
        _file.Dispose();
        var path = Environment.GetEnvironmentVariable(FileVariable) ?? throw new InvalidOperationException($"{FileVariable} names the file to write.");
        await using var database = new SqlDatabase(
            new Runtime.Storage.Sql.Sqlite.SqliteDialect(new() { Path = path }), 2, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var tasks = new SqlTaskStore(database);
        var runs = new SqlRunStore(database);
        var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        await Task.WhenAll(Enumerable.Range(0, 16).Select(n => Task.Run(() => WriteForeverAsync($"node-{n}"), Ct)));

        async Task WriteForeverAsync(string node)
        {
            while (true)
            {
                var accepted = await tasks.CreateAsync(SqliteWriterTests.Request(), Ct);
                await output.WriteLineAsync($"{Written}{accepted.Id}");
                foreach (var claimed in await runs.ClaimAsync(new ClaimRequest(node, DateTimeOffset.UtcNow.AddMinutes(1), 100, 2), Ct))
                    await runs.CommitAsync(claimed.Lease, new() { Move = new(Tasks.TaskTrigger.Completed) }, Ct);
            }
        }
    }

    private static string[] Arguments()
    {
        string[] filter = ["-method", $"{typeof(SqliteCrashTests).FullName}.{nameof(Writes_until_it_is_killed)}", "-explicit", "only"];
        return Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(SqliteCrashTests).Assembly.Location, .. filter] : filter;
    }
}
