using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Wegent.Hosting.Tests.Commands;
using Wegent.TestKit.Models;

namespace Wegent.Hosting.Tests.EndToEnd;

/// <summary>The host as a process that is killed without warning while Claude Code streams in a container, and started again.</summary>
public sealed partial class HostKillTests
{
    private const string Answer = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_that_is_killed_mid_run_is_followed_by_one_that_goes_on_without_gap_or_repeat()
    {
        await using var world = await DockerWorld.CreateAsync();
        world.Model.Enqueue(FakeModelTurn.Say(Answer).Slowly(TimeSpan.FromMilliseconds(250)));
        var seen = new List<(long Seq, string Name, JsonElement Data)>();

        long taskId;
        await using (var first = StartHost(world))
        {
            using var client = await SignInAsync(first);
            await PostAsync(client, "/api/v1/apply", new StringContent(DockerWorld.SampleTeam(), Encoding.UTF8, "application/yaml"));
            await PostAsync(client, "/api/v1/apply", new StringContent(world.Team, Encoding.UTF8, "application/yaml"));
            taskId = (await PostAsync(client, "/api/v1/tasks", JsonContent.Create(new { prompt = "count", team = "coder" }))).GetProperty("status").GetProperty("taskId").GetInt64();
            await foreach (var e in EventsAsync(client, taskId, 0))
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
            using var client = await SignInAsync(second);
            await foreach (var e in EventsAsync(client, taskId, seen[^1].Seq))
                seen.Add(e);
            second.Signal("TERM");
            await second.EndAsync();
        }

        Assert.Equal(Enumerable.Range(1, seen.Count).Select(n => (long)n), seen.Select(e => e.Seq));
        Assert.Single(seen, e => e.Name == "chat:start");
        Assert.Equal(Answer, string.Concat(seen.Where(e => e.Name == "chat:chunk").Select(e => e.Data.GetProperty("content").GetString())));
        Assert.Equal(Answer, seen.Single(e => e.Name == "chat:done").Data.GetProperty("result").GetProperty("value").GetString());
        Assert.Equal("COMPLETED", seen[^1].Data.GetProperty("status").GetString());
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

    private static async Task<HttpClient> SignInAsync(HostProcess host)
    {
        var address = Address().Match(await host.UntilAsync(line => Address().IsMatch(line))).Value;
        var client = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) };
        var token = (await PostAsync(client, "/api/auth/login", JsonContent.Create(new { user_name = "admin", password = TestHost.AdminPassword }))).GetProperty("access_token").GetString();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, HttpContent content)
    {
        using var reply = await client.PostAsync(path, content, Ct);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(Ct));
        return await TestHost.ReadAsync(reply);
    }

    private static async IAsyncEnumerable<(long Seq, string Name, JsonElement Data)> EventsAsync(HttpClient client, long taskId, long afterSeq)
    {
        await using var stream = await client.GetStreamAsync($"/api/v1/tasks/{taskId}/events?after_seq={afterSeq}", Ct);
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(stream).EnumerateAsync(Ct))
        {
            using var document = JsonDocument.Parse(item.Data);
            yield return (long.Parse(item.EventId!, CultureInfo.InvariantCulture), item.EventType, document.RootElement.Clone());
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:[1-9]\d*", RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
