using System.Net;
using System.Text;
using System.Text.Json;

namespace Wegent.Hosting.Tests.Api;

public sealed class ResourceEndpointTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private readonly TestHost _host = fixture.Host;
    private readonly HttpClient _client = fixture.Admin;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_apply_says_what_became_of_each_document()
    {
        using var user = await _host.AddUserAsync("anna");
        var created = await ApplyAsync(user, TestHost.Team);
        Assert.True(created.GetProperty("success").GetBoolean());
        Assert.Equal(["created", "created", "created", "created"], Operations(created));
        Assert.Equal(4, created.GetProperty("created").GetArrayLength());
        Assert.Equal("Ghost", created.GetProperty("created")[0].GetProperty("kind").GetString());
        Assert.Equal("default", created.GetProperty("results")[0].GetProperty("namespace").GetString());
        Assert.NotEqual("0", created.GetProperty("results")[0].GetProperty("resourceVersion").GetString());

        var again = await ApplyAsync(user, TestHost.Team.Replace("You are a puppet.", "You are another.", StringComparison.Ordinal));
        Assert.Equal(["configured", "unchanged", "unchanged", "unchanged"], Operations(again));
        Assert.Equal(1, again.GetProperty("updated").GetArrayLength());
        Assert.Equal(3, again.GetProperty("unchanged").GetArrayLength());

        var dry = await ApplyAsync(user, TestHost.Team, "?dryRun=true");
        Assert.Equal("configured", Operations(dry)[0]);
        Assert.Equal("You are another.", (await GetAsync("/api/v1/ghosts/ghost", user)).GetProperty("spec").GetProperty("systemPrompt").GetString());
    }

    [Fact]
    public async Task A_JSON_list_is_applied_like_YAML()
    {
        using var user = await _host.AddUserAsync("jason");
        var applied = await ApplyAsync(user, """[{"apiVersion":"agent.wecode.io/v1","kind":"Ghost","metadata":{"name":"g"},"spec":{"systemPrompt":"x"}}]""", type: "application/json");
        Assert.Equal(["created"], Operations(applied));
    }

    [Fact]
    public async Task What_is_wrong_comes_back_all_at_once_with_its_places_and_nothing_is_written()
    {
        using var user = await _host.AddUserAsync("wendy");
        using var reply = await user.PostAsync("/api/v1/apply", new StringContent(TestHost.Team.Replace("systemPrompt:", "systemPromt:", StringComparison.Ordinal) + "\n---\nkind: Nothing\n", Encoding.UTF8, "application/yaml"), Ct);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.StatusCode);
        Assert.Equal("application/problem+json", reply.Content.Headers.ContentType!.MediaType);
        var problem = await TestHost.ReadAsync(reply);
        Assert.Equal("resource.invalid", problem.GetProperty("code").GetString());
        Assert.Equal(422, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("trace_id").GetString()));
        var errors = problem.GetProperty("errors");
        Assert.True(errors.GetArrayLength() >= 2);
        foreach (var finding in errors.EnumerateArray())
        {
            Assert.StartsWith("WG", finding.GetProperty("code").GetString(), StringComparison.Ordinal);
            Assert.True(finding.GetProperty("line").GetInt32() > 0);
            Assert.Contains(finding.GetProperty("severity").GetString(), (string?[])["error", "warning"]);
        }

        Assert.Empty((await GetAsync("/api/v1/ghosts", user)).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Both_forms_of_an_address_lead_to_the_same_and_a_namespace_may_have_a_slash()
    {
        using var user = await _host.AddUserAsync("nora");
        await ApplyAsync(user, "apiVersion: agent.wecode.io/v1\nkind: Ghost\nmetadata: { name: g, namespace: team-a/web }\nspec: { systemPrompt: x }\n");
        await ApplyAsync(user, "apiVersion: agent.wecode.io/v1\nkind: Ghost\nmetadata: { name: g }\nspec: { systemPrompt: y }\n", address: "/api/v1/namespaces/team-b%2Fweb/apply");
        foreach (var address in (string[])["/api/v1/namespaces/team-a%2Fweb/ghosts/g", "/api/v1/ghosts/g?namespace=team-a/web"])
            Assert.Equal("x", (await GetAsync(address, user)).GetProperty("spec").GetProperty("systemPrompt").GetString());
        Assert.Equal("y", (await GetAsync("/api/v1/namespaces/team-b%2Fweb/ghosts/g", user)).GetProperty("spec").GetProperty("systemPrompt").GetString());

        var all = await GetAsync("/api/v1/ghosts", user);
        Assert.Equal("GhostList", all.GetProperty("kind").GetString());
        Assert.Equal(2, all.GetProperty("items").GetArrayLength());
        Assert.NotNull(all.GetProperty("metadata").GetProperty("resourceVersion").GetString());
        Assert.Equal(1, (await GetAsync("/api/v1/namespaces/team-a%2Fweb/ghosts", user)).GetProperty("items").GetArrayLength());
        using var elsewhere = await user.GetAsync("/api/v1/ghosts/g", Ct);
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
    }

    [Fact]
    public async Task Pages_of_a_list_fit_together()
    {
        using var user = await _host.AddUserAsync("paul");
        await ApplyAsync(user, string.Join("\n---\n", Enumerable.Range(0, 5).Select(static i => $"apiVersion: agent.wecode.io/v1\nkind: Ghost\nmetadata: {{ name: g{i} }}\nspec: {{ systemPrompt: x }}")));
        var names = new List<string>();
        string? next = null;
        do
        {
            var page = await GetAsync($"/api/v1/ghosts?limit=2{(next is null ? "" : $"&continue={Uri.EscapeDataString(next)}")}", user);
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(static item => item.GetProperty("metadata").GetProperty("name").GetString()!));
            next = page.GetProperty("metadata").TryGetProperty("continue", out var token) ? token.GetString() : null;
        }
        while (next is not null);
        Assert.Equal(["g0", "g1", "g2", "g3", "g4"], names);
    }

    [Fact]
    public async Task What_is_used_stays_until_its_user_goes_too()
    {
        using var user = await _host.AddUserAsync("dora");
        await ApplyAsync(user, TestHost.Team);
        using var used = await user.DeleteAsync("/api/v1/ghosts/ghost", Ct);
        Assert.Equal(HttpStatusCode.Conflict, used.StatusCode);
        var problem = await TestHost.ReadAsync(used);
        Assert.Equal("resource.in_use", problem.GetProperty("code").GetString());
        Assert.Contains("Bot/default/bot", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);

        using var gone = await user.DeleteAsync("/api/v1/teams/team", Ct);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        using var twice = await user.DeleteAsync("/api/v1/teams/team", Ct);
        Assert.Equal(HttpStatusCode.NotFound, twice.StatusCode);

        // Identities are enough to delete; the rest of a document does not matter any more.
        using var batch = await user.PostAsync("/api/v1/namespaces/default/delete", new StringContent("kind: Ghost\nmetadata: { name: ghost }\n---\nkind: Bot\nmetadata: { name: bot }\n---\nkind: Bot\nmetadata: { name: nobody, namespace: elsewhere }\n", Encoding.UTF8, "application/yaml"), Ct);
        Assert.True(batch.IsSuccessStatusCode, await batch.Content.ReadAsStringAsync(Ct));
        var deleted = await TestHost.ReadAsync(batch);
        Assert.Equal(["deleted", "deleted", "not_found"], Operations(deleted));
        Assert.Equal("elsewhere", deleted.GetProperty("results")[2].GetProperty("namespace").GetString());
        Assert.Equal(2, deleted.GetProperty("deleted").GetArrayLength());
    }

    [Fact]
    public async Task Another_users_resource_is_404()
    {
        using var other = await _host.AddUserAsync("otto");
        using var reply = await other.GetAsync("/api/v1/teams/team", Ct);
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        using var delete = await other.DeleteAsync("/api/v1/teams/team", Ct);
        Assert.Equal(HttpStatusCode.NotFound, delete.StatusCode);
        Assert.Empty((await GetAsync("/api/v1/teams", other)).GetProperty("items").EnumerateArray());
        Assert.NotEmpty((await GetAsync("/api/v1/teams", _client)).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("ghosts")]
    [InlineData("models")]
    [InlineData("shells")]
    [InlineData("bots")]
    [InlineData("teams")]
    [InlineData("collaborations")]
    [InlineData("workspaces")]
    [InlineData("tasks")]
    [InlineData("skills")]
    public async Task Every_kind_has_its_list(string plural)
    {
        Assert.EndsWith("List", (await GetAsync($"/api/v1/{plural}", _client)).GetProperty("kind").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("List", (await GetAsync($"/api/v1/namespaces/default/{plural}", _client)).GetProperty("kind").GetString(), StringComparison.Ordinal);
    }

    private static string[] Operations(JsonElement applied) => [.. applied.GetProperty("results").EnumerateArray().Select(static result => result.GetProperty("operation").GetString()!)];

    private static async Task<JsonElement> ApplyAsync(HttpClient client, string body, string query = "", string type = "application/yaml", string address = "/api/v1/apply")
    {
        using var reply = await client.PostAsync(address + query, new StringContent(body, Encoding.UTF8, type), Ct);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(Ct));
        return await TestHost.ReadAsync(reply);
    }

    private static async Task<JsonElement> GetAsync(string address, HttpClient client)
    {
        using var reply = await client.GetAsync(address, Ct);
        Assert.True(reply.IsSuccessStatusCode, $"{address}: {await reply.Content.ReadAsStringAsync(Ct)}");
        return await TestHost.ReadAsync(reply);
    }
}
