using System.Text.Json;
using Wegent.Hosting.Tests.Commands;
using Wegent.TestKit.Models;

namespace Wegent.Hosting.Tests.EndToEnd;

/// <summary>The host as a process that is killed without warning while Claude Code streams in a container, and started again.</summary>
public sealed class HostKillTests
{
    private const string Answer = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty";

    [Fact]
    public async Task A_host_that_is_killed_mid_run_is_followed_by_one_that_goes_on_without_gap_or_repeat()
    {
        await using var world = await DockerWorld.CreateAsync();
        world.Model.Enqueue(FakeModelTurn.Say(Answer).Slowly(TimeSpan.FromMilliseconds(250)));
        var seen = new List<(long Seq, string Name, JsonElement Data)>();

        long taskId;
        await using (var first = StartHost(world))
        {
            using var client = await HostClient.SignInAsync(first);
            await client.ApplyAsync(DockerWorld.SampleTeam());
            await client.ApplyAsync(world.Team);
            taskId = await client.SubmitAsync("coder", "count");
            await foreach (var e in client.EventsAsync(taskId, 0))
            {
                seen.Add(e);
                if (seen.Count(s => s.Name == "chat:chunk") == 4)
                    break;
            }

            first.Signal("KILL");
        }

        Assert.Single(await world.RunningAsync());
        await using (var second = StartHost(world))
        {
            using var client = await HostClient.SignInAsync(second);
            await foreach (var e in client.EventsAsync(taskId, seen[^1].Seq))
                seen.Add(e);
            second.Signal("TERM");
            await second.EndAsync();
        }

        Assert.True(seen[^1].Data.TryGetProperty("status", out var status) && status.GetString() == "COMPLETED", string.Join('\n', seen));
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(n => (long)n), seen.Select(e => e.Seq));
        Assert.Single(seen, e => e.Name == "chat:start");
        Assert.Equal(Answer, string.Concat(seen.Where(e => e.Name == "chat:chunk").Select(e => e.Data.GetProperty("content").GetString())));
        Assert.Equal(Answer, seen.Single(e => e.Name == "chat:done").Data.GetProperty("result").GetProperty("value").GetString());
        Assert.Single(world.Model.Requests);
    }

    private static HostProcess StartHost(DockerWorld world)
    {
        var environment = world.Settings.ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value!);
        environment["Wegent__Urls"] = "http://127.0.0.1:0";
        environment["Wegent__DataDirectory"] = Path.Combine(world.Folder, "data");
        environment["Wegent__Auth__AdminPassword"] = TestHost.AdminPassword;
        return HostProcess.Start(world.Folder, environment, "serve");
    }
}
