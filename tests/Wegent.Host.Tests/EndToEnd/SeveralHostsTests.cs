using System.Text.Json;
using MySqlConnector;
using Wegent.Hosting.Tests.Commands;
using Wegent.TestKit;
using Wegent.TestKit.Models;

namespace Wegent.Hosting.Tests.EndToEnd;

/// <summary>Two hosts as processes, on one MySQL, one Redis and one Docker engine.</summary>
public sealed class SeveralHostsTests
{
    private const string Answer = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_takes_over_what_the_other_ran_when_it_was_killed_and_the_stream_goes_on()
    {
        await using var world = await DockerWorld.CreateAsync();
        var database = $"wegent_hosts_{Guid.NewGuid():N}";
        await QueryAsync(TestServices.MySql, $"CREATE DATABASE {database}");
        try
        {
            await TakeOverAsync(world, $"{TestServices.MySql};Database={database}");
        }
        finally
        {
            await QueryAsync(TestServices.MySql, $"DROP DATABASE {database}");
        }
    }

    private static async Task TakeOverAsync(DockerWorld world, string store)
    {
        world.Model.Enqueue(FakeModelTurn.Say(Answer).Slowly(TimeSpan.FromMilliseconds(500)));
        await using var left = StartHost(world, store, "left");
        using var atLeft = await HostClient.SignInAsync(left);
        await using var right = StartHost(world, store, "right");
        using var atRight = await HostClient.SignInAsync(right);
        await atRight.ApplyAsync(DockerWorld.SampleTeam());
        await atRight.ApplyAsync(world.Team);

        // Accepted here, watched there, run by whoever was first.
        var taskId = await atLeft.SubmitAsync("coder", "count");
        var seen = new List<(long Seq, string Name, JsonElement Data)>();
        await foreach (var e in atRight.EventsAsync(taskId, 0))
        {
            seen.Add(e);
            if (seen.Count(s => s.Name == "chat:chunk") == 3)
                break;
        }

        var runner = await QueryAsync(store, $"SELECT lease_node FROM tasks WHERE id = {taskId}");
        var isLeft = runner == (await DockerWorld.RunAsync("cat", Path.Combine(world.Folder, "left", "node"))).Trim(); // the host locks it, and .NET would heed that
        (isLeft ? left : right).Signal("KILL");
        await foreach (var e in (isLeft ? atRight : atLeft).EventsAsync(taskId, seen[^1].Seq))
            seen.Add(e);
        var survivor = isLeft ? right : left;
        survivor.Signal("TERM");
        await survivor.EndAsync();

        Assert.True(seen[^1].Data.TryGetProperty("status", out var status) && status.GetString() == "COMPLETED", string.Join('\n', seen));
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(static n => (long)n), seen.Select(static e => e.Seq));
        Assert.Equal(Answer, string.Concat(seen.Where(static e => e.Name == "chat:chunk").Select(static e => e.Data.GetProperty("content").GetString())));
        Assert.Single(seen, static e => e.Name == "chat:start");
        Assert.Single(world.Model.Requests);
        Assert.Empty(await world.LeftoversAsync());
    }

    private static HostProcess StartHost(DockerWorld world, string store, string name)
    {
        var environment = world.Settings.ToDictionary(static setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), static setting => setting.Value!);
        environment["Wegent__Urls"] = "http://127.0.0.1:0";
        environment["Wegent__DataDirectory"] = Path.Combine(world.Folder, name);
        environment["Wegent__Storage__Provider"] = "MySql";
        environment["Wegent__Storage__ConnectionString"] = store;
        environment["Wegent__Cache__Provider"] = "Redis";
        environment["Wegent__Cache__ConnectionString"] = TestServices.Redis;
        environment["Wegent__Cache__Prefix"] = Path.GetFileName(world.Folder);
        environment["Wegent__Security__EncryptionKeys__0"] = Convert.ToBase64String(new byte[32]);
        environment["Wegent__Auth__SigningKey"] = new string('k', 32);
        environment["Wegent__Auth__AdminPassword"] = TestHost.AdminPassword;
        return HostProcess.Start(world.Folder, environment, "serve");
    }

    private static async Task<string?> QueryAsync(string store, string sql)
    {
        await using var connection = new MySqlConnection(store);
        await connection.OpenAsync(Ct);
        await using var command = new MySqlCommand(sql, connection);
        return (await command.ExecuteScalarAsync(Ct))?.ToString();
    }
}
