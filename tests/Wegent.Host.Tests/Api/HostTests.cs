using System.Net;
using System.Text;
using System.Text.Json;

namespace Wegent.Hosting.Tests.Api;

/// <summary>What every answer of the host has: a form for errors, headers, limits.</summary>
public sealed class HostTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private readonly TestHost _host = fixture.Host;
    private readonly HttpClient _client = fixture.Admin;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/health")]
    [InlineData("/healthz/live")]
    [InlineData("/healthz/ready")]
    public async Task Health_is_told_to_everybody(string address)
    {
        using var reply = await _host.Anonymous.GetAsync(address, Ct);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal("healthy", (await TestHost.ReadAsync(reply)).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("GET", "/nothing/here", HttpStatusCode.NotFound, "route.not_found")]
    [InlineData("PATCH", "/api/v1/tasks", HttpStatusCode.MethodNotAllowed, "route.method_not_allowed")]
    [InlineData("GET", "/api/v1/tasks/999999", HttpStatusCode.NotFound, "task.not_found")]
    [InlineData("GET", "/api/v1/ghosts/nobody", HttpStatusCode.NotFound, "resource.not_found")]
    public async Task Errors_are_problems_with_a_code_and_a_trace(string method, string address, HttpStatusCode status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        using var reply = await _client.SendAsync(request, Ct);
        Assert.Equal(status, reply.StatusCode);
        Assert.Equal("application/problem+json", reply.Content.Headers.ContentType!.MediaType);
        var problem = await TestHost.ReadAsync(reply);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.Equal(code, problem.GetProperty("code").GetString());
        foreach (var field in (string[])["type", "title", "detail", "trace_id"])
            Assert.False(string.IsNullOrEmpty(problem.GetProperty(field).GetString()), field);
        Assert.Equal("nosniff", Assert.Single(reply.Headers.GetValues("X-Content-Type-Options")));
        Assert.False(reply.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("GET", "/api/users/me")]
    [InlineData("POST", "/api/auth/ticket")]
    [InlineData("POST", "/api/v1/apply")]
    [InlineData("GET", "/api/v1/ghosts")]
    [InlineData("GET", "/api/v1/tasks")]
    [InlineData("POST", "/api/v1/tasks")]
    [InlineData("GET", "/api/v1/tasks/1")]
    [InlineData("GET", "/api/v1/tasks/1/events")]
    [InlineData("DELETE", "/api/v1/teams/team")]
    public async Task Nothing_is_open_without_a_token(string method, string address)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        using var reply = await _host.Anonymous.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
        Assert.Equal("auth.required", (await TestHost.ReadAsync(reply)).GetProperty("code").GetString());
        Assert.Equal("Bearer", reply.Headers.WwwAuthenticate.First().Scheme);
    }

    [Fact]
    public async Task The_description_lists_every_route()
    {
        var document = JsonDocument.Parse(await _host.Anonymous.GetStringAsync("/openapi/v1.json", Ct)).RootElement;
        var paths = document.GetProperty("paths").EnumerateObject().Select(static path => path.Name).ToList();
        foreach (var path in (string[])["/api/auth/login", "/api/v1/apply", "/api/v1/ghosts/{name}", "/api/v1/namespaces/{ns}/teams", "/api/v1/tasks", "/api/v1/tasks/{task}/events", "/api/users/me"])
            Assert.Contains(path, paths);
    }

    [Fact]
    public async Task A_body_that_is_too_big_is_413()
    {
        await using var host = await TestHost.StartAsync(new() { ["Wegent:Limits:BodyBytes"] = "65536" });
        using var client = await host.SignInAsync();
        using var reply = await client.PostAsync("/api/v1/apply", new StringContent(new string('#', 70_000), Encoding.UTF8, "application/yaml"), Ct);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.StatusCode);
        Assert.Equal("request.too_large", (await TestHost.ReadAsync(reply)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Who_asks_too_much_is_told_when_to_come_again_and_others_are_not_bothered()
    {
        await using var host = await TestHost.StartAsync(new() { ["Wegent:Limits:RequestBurst"] = "20", ["Wegent:Limits:RequestsPerSecond"] = "1" });
        using var client = await host.SignInAsync();
        using var other = await host.AddUserAsync("quiet");
        HttpResponseMessage reply;
        var asked = 0;
        do
            reply = await client.GetAsync("/api/users/me", Ct);
        while (reply.StatusCode == HttpStatusCode.OK && ++asked < 100);
        Assert.Equal(HttpStatusCode.TooManyRequests, reply.StatusCode);
        Assert.InRange(asked, 20, 60);
        Assert.InRange(reply.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal("request.throttled", (await TestHost.ReadAsync(reply)).GetProperty("code").GetString());
        using var fine = await other.GetAsync("/api/users/me", Ct);
        Assert.Equal(HttpStatusCode.OK, fine.StatusCode);
        using var health = await client.GetAsync("/healthz/live", Ct);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task A_body_of_another_type_is_415()
    {
        using var reply = await _host.Anonymous.PostAsync("/api/auth/login", new FormUrlEncodedContent([new("user_name", "admin")]), Ct);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, reply.StatusCode);
        Assert.Contains("application/json", (await TestHost.ReadAsync(reply)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
