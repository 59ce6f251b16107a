using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Wegent.Hosting.Tests.Commands;

namespace Wegent.Hosting.Tests.EndToEnd;

/// <summary>The administrator, signed in to a host that runs as a process.</summary>
internal sealed partial class HostClient : IDisposable
{
    private readonly HttpClient _http;

    private HostClient(HttpClient http) => _http = http;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Waits for the host's address, and signs in with <see cref="TestHost.AdminPassword"/>.</summary>
    public static async Task<HostClient> SignInAsync(HostProcess host)
    {
        var address = Address().Match(await host.UntilAsync(line => Address().IsMatch(line))).Value;
        var client = new HostClient(new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) });
        var reply = await client.PostAsync("/api/auth/login", JsonContent.Create(new { user_name = "admin", password = TestHost.AdminPassword }));
        client._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", reply.GetProperty("access_token").GetString());
        return client;
    }

    public Task ApplyAsync(string yaml) => PostAsync("/api/v1/apply", new StringContent(yaml, Encoding.UTF8, "application/yaml"));

    public async Task<long> SubmitAsync(string team, string prompt) =>
        (await PostAsync("/api/v1/tasks", JsonContent.Create(new { prompt, team }))).GetProperty("status").GetProperty("taskId").GetInt64();

    /// <summary>A task's events after a number, to the end of its turn.</summary>
    public async IAsyncEnumerable<(long Seq, string Name, JsonElement Data)> EventsAsync(long taskId, long afterSeq)
    {
        await using var stream = await _http.GetStreamAsync($"/api/v1/tasks/{taskId}/events?after_seq={afterSeq}", Ct);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(Ct))
        {
            using var document = JsonDocument.Parse(item.Data);
            yield return (long.Parse(item.EventId!, CultureInfo.InvariantCulture), item.EventType, document.RootElement.Clone());
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> PostAsync(string path, HttpContent content)
    {
        using var reply = await _http.PostAsync(path, content, Ct);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(Ct));
        return await TestHost.ReadAsync(reply);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:[1-9]\d*", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Address();
}
