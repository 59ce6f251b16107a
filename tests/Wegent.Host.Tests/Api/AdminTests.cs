using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Wegent.Hosting.Tests.Api;

public sealed class AdminTests
{
    private const string Users = "/api/v1/admin/users";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_administrator_adds_a_user_who_can_sign_in_with_the_password_that_is_shown_once()
    {
        await using var host = await TestHost.StartAsync();
        using var admin = await host.SignInAsync();

        using var added = await admin.PostAsJsonAsync(Users, new { user_name = "grace" }, Ct);
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        var password = (await TestHost.ReadAsync(added)).GetProperty("password").GetString()!;

        using var grace = await host.SignInAsync("grace", password);
        Assert.Equal("user", (await grace.GetFromJsonAsync<JsonElement>("/api/users/me", Ct)).GetProperty("role").GetString());
        Assert.DoesNotContain(password, await admin.GetStringAsync(Users, Ct), StringComparison.Ordinal);
        using var twice = await admin.PostAsJsonAsync(Users, new { user_name = "GRACE" }, Ct);
        Assert.Equal(HttpStatusCode.Conflict, twice.StatusCode);
    }

    [Fact]
    public async Task A_user_who_is_locked_out_is_out_at_once()
    {
        await using var host = await TestHost.StartAsync();
        using var admin = await host.SignInAsync();
        using var ada = await host.AddUserAsync("ada");

        using var locked = await admin.PatchAsJsonAsync($"{Users}/ada", new { is_active = false }, Ct);

        Assert.False((await TestHost.ReadAsync(locked)).GetProperty("is_active").GetBoolean());
        using var tried = await ada.GetAsync("/api/users/me", Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, tried.StatusCode);
    }

    [Fact]
    public async Task The_last_administrator_stays()
    {
        await using var host = await TestHost.StartAsync();
        using var admin = await host.SignInAsync();

        using var demoted = await admin.PatchAsJsonAsync($"{Users}/admin", new { role = "user" }, Ct);
        using var locked = await admin.DeleteAsync($"{Users}/admin", Ct);

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (demoted.StatusCode, locked.StatusCode));
        Assert.Equal("user.last_admin", (await TestHost.ReadAsync(locked)).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("""{"user_name":""}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"user_name":"a b"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"user_name":"system"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"user_name":"x","role":"root"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"user_name":"x","password":"short"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"user_name":"x","id":1}""", HttpStatusCode.BadRequest)]
    public async Task A_user_who_cannot_be_is_refused(string body, HttpStatusCode expected)
    {
        await using var host = await TestHost.StartAsync();
        using var admin = await host.SignInAsync();

        using var reply = await admin.PostAsync(Users, new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Ct);

        Assert.Equal(expected, reply.StatusCode);
        Assert.Single((await admin.GetFromJsonAsync<JsonElement>(Users, Ct)).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Users_are_refused_what_administrators_may()
    {
        await using var host = await TestHost.StartAsync();
        using var ada = await host.AddUserAsync("ada");

        foreach (var path in (string[])[Users, $"{Users}/admin", "/api/v1/admin/executors", "/api/v1/admin/stats"])
        {
            using var reply = await ada.GetAsync(path, Ct);
            Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
        }
    }

    [Fact]
    public async Task Executors_and_figures_are_shown()
    {
        await using var host = await TestHost.StartAsync();
        using var admin = await host.SignInAsync();

        Assert.Empty((await admin.GetFromJsonAsync<JsonElement>("/api/v1/admin/executors", Ct)).GetProperty("items").EnumerateArray());
        Assert.Equal(1, (await admin.GetFromJsonAsync<JsonElement>("/api/v1/admin/stats", Ct)).GetProperty("users").GetInt32());
    }
}
