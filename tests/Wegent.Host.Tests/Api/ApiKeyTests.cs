using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Wegent.Hosting.Tests.Api;

public sealed class ApiKeyTests
{
    private const string Route = "/api/users/me/api-keys";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_shown_once_and_acts_as_its_user_until_it_is_removed()
    {
        await using var host = await TestHost.StartAsync();
        using var ada = await host.AddUserAsync("ada");
        var made = await CreateAsync(ada, new { name = "build server" });
        using var program = ClientOf(host, made.GetProperty("key").GetString()!);

        Assert.Equal("ada", (await program.GetFromJsonAsync<JsonElement>("/api/users/me", Ct)).GetProperty("user_name").GetString());
        var listed = Assert.Single((await ada.GetFromJsonAsync<JsonElement>(Route, Ct)).GetProperty("items").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, listed.GetProperty("key").ValueKind);
        Assert.EndsWith(listed.GetProperty("hint").GetString()!, made.GetProperty("key").GetString(), StringComparison.Ordinal);

        using var removed = await ada.DeleteAsync($"{Route}/{made.GetProperty("id").GetInt64()}", Ct);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(program, "/api/users/me"));
    }

    [Fact]
    public async Task A_key_that_reads_neither_writes_nor_opens_a_socket()
    {
        await using var host = await TestHost.StartAsync();
        using var admin = await host.SignInWithTeamAsync();
        using var reader = ClientOf(host, (await CreateAsync(admin, new { name = "dashboard", scope = "read" })).GetProperty("key").GetString()!);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(reader, "/api/v1/tasks"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(reader, "/api/v1/admin/users"));
        using var submitted = await reader.PostAsJsonAsync("/api/v1/tasks", new { prompt = "go", team = "team" }, Ct);
        Assert.Equal(HttpStatusCode.Forbidden, submitted.StatusCode);
        using var ticket = await reader.PostAsync("/api/auth/ticket", null, Ct);
        Assert.Equal(HttpStatusCode.Forbidden, ticket.StatusCode);
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => ChatClient.ConnectAsync(host, reader));
    }

    [Fact]
    public async Task A_key_makes_no_keys_and_changes_no_password()
    {
        await using var host = await TestHost.StartAsync();
        using var admin = await host.SignInAsync();
        using var program = ClientOf(host, (await CreateAsync(admin, new { name = "k" })).GetProperty("key").GetString()!);

        using var made = await program.PostAsJsonAsync(Route, new { name = "another" }, Ct);
        Assert.Equal(HttpStatusCode.Forbidden, made.StatusCode);
        using var changed = await program.PutAsJsonAsync("/api/users/me/password", new { current_password = TestHost.AdminPassword, new_password = "a new password" }, Ct);
        Assert.Equal(HttpStatusCode.Forbidden, changed.StatusCode);
    }

    [Fact]
    public async Task A_key_ends_on_its_day_and_with_its_user()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await TestHost.StartAsync(clock: clock);
        using var admin = await host.SignInAsync();
        using var ada = await host.AddUserAsync("ada");
        using var soon = ClientOf(host, (await CreateAsync(ada, new { name = "soon", expires_in_days = 1 })).GetProperty("key").GetString()!);
        using var always = ClientOf(host, (await CreateAsync(ada, new { name = "always" })).GetProperty("key").GetString()!);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(soon, "/api/users/me"));
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(soon, "/api/users/me"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(always, "/api/users/me"));

        using var again = await host.SignInAsync();
        using var locked = await again.DeleteAsync("/api/v1/admin/users/ada", Ct);
        Assert.Equal(HttpStatusCode.NoContent, locked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(always, "/api/users/me"));
    }

    [Theory]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":"k","scope":"everything"}""")]
    [InlineData("""{"name":"k","expires_in_days":0}""")]
    [InlineData("""{"name":"k","user_id":1}""")]
    public async Task A_key_that_cannot_be_is_refused(string body)
    {
        await using var host = await TestHost.StartAsync();
        using var admin = await host.SignInAsync();

        using var reply = await admin.PostAsync(Route, new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Ct);

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
    }

    [Theory]
    [InlineData("wg-")]
    [InlineData("wg-0000000000000000000000000000000000000000000")]
    [InlineData("wg-' OR 1=1 --")]
    public async Task A_key_that_nobody_made_does_not_count(string key)
    {
        await using var host = await TestHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {key}");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, "/api/users/me"));
    }

    private static async Task<JsonElement> CreateAsync(HttpClient client, object body)
    {
        using var reply = await client.PostAsJsonAsync(Route, body, Ct);
        Assert.True(reply.StatusCode == HttpStatusCode.Created, await reply.Content.ReadAsStringAsync(Ct));
        return await TestHost.ReadAsync(reply);
    }

    private static HttpClient ClientOf(TestHost host, string key)
    {
        var client = new HttpClient { BaseAddress = host.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var reply = await client.GetAsync(path, Ct);
        return reply.StatusCode;
    }
}
