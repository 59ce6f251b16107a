using System.Net;
using System.Text;

namespace Wegent.Hosting.Tests.Api;

public sealed class PlanEndpointTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plan_is_made_kept_and_applied_once()
    {
        using var user = await fixture.Host.AddUserAsync("petra");
        using var planned = await PostAsync(user, "/api/v1/plan", TestHost.Team);
        var text = await planned.Content.ReadAsStringAsync(Ct);
        Assert.Equal("Created", (await TestHost.ReadAsync(planned)).GetProperty("steps")[0].GetProperty("operation").GetString());
        using var nothing = await user.GetAsync("/api/v1/teams/team", Ct);
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);

        using var applied = await PostAsync(user, "/api/v1/plan/apply", text, "application/json");
        Assert.Equal(4, (await TestHost.ReadAsync(applied)).GetProperty("created").GetArrayLength());
        using var again = await PostAsync(user, "/api/v1/plan/apply", text, "application/json");
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Equal("plan.stale", (await TestHost.ReadAsync(again)).GetProperty("code").GetString());
        using var edited = await PostAsync(user, "/api/v1/plan/apply", text.Replace("puppet", "other", StringComparison.Ordinal), "application/json");
        Assert.Equal("plan.invalid", (await TestHost.ReadAsync(edited)).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("/api/v1/schemas/Team", "Team")]
    [InlineData("/api/v1/schemas/teams", "Team")]
    [InlineData("/api/v1/schemas/ghost.json", "Ghost")]
    [InlineData("/api/v1/schemas", "Wegent resource")]
    public async Task Schemas_are_for_everyone(string address, string title)
    {
        using var reply = await fixture.Host.Anonymous.GetAsync(address, Ct);
        Assert.Equal("application/schema+json", reply.Content.Headers.ContentType?.MediaType);
        Assert.Equal(title, (await TestHost.ReadAsync(reply)).GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_kind_that_there_is_not_is_404_with_the_nearest()
    {
        using var reply = await fixture.Host.Anonymous.GetAsync("/api/v1/schemas/Teem", Ct);
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Contains("'Team'", (await TestHost.ReadAsync(reply)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string address, string body, string type = "application/yaml") =>
        client.PostAsync(address, new StringContent(body, Encoding.UTF8, type), Ct);
}
