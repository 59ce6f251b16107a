using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Wegent.Hosting.Tests.Api;

/// <summary>One resource over HTTP: create, replace, patch, delete; versions, types of content, and the public ones.</summary>
public sealed class ResourceWriteTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private readonly TestHost _host = fixture.Host;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_resource_is_created_once_replaced_patched_and_deleted()
    {
        using var user = await _host.AddUserAsync("rita");
        using var created = await SendAsync(user, HttpMethod.Post, "/api/v1/namespaces/default/ghosts", Ghost("g", "one"));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("/api/v1/namespaces/default/ghosts/g", created.Headers.Location?.OriginalString);
        var metadata = (await TestHost.ReadAsync(created)).GetProperty("metadata");
        Assert.Equal($"\"{metadata.GetProperty("resourceVersion").GetString()}\"", created.Headers.ETag?.Tag);

        using var twice = await SendAsync(user, HttpMethod.Post, "/api/v1/ghosts", Ghost("g", "one"));
        Assert.Equal("resource.exists", await CodeAsync(twice, HttpStatusCode.Conflict));

        using var replaced = await SendAsync(user, HttpMethod.Put, "/api/v1/ghosts/g", Ghost("g", "two"));
        Assert.Equal(HttpStatusCode.OK, replaced.StatusCode);
        using var fresh = await SendAsync(user, HttpMethod.Put, "/api/v1/ghosts/other", Ghost("other", "two"));
        Assert.Equal(HttpStatusCode.Created, fresh.StatusCode);

        using var patched = await SendAsync(user, HttpMethod.Patch, "/api/v1/namespaces/default/ghosts/g", """{"metadata":{"labels":{"a":"b"}}}""", "application/merge-patch+json");
        var patch = await TestHost.ReadAsync(patched);
        Assert.Equal("two", patch.GetProperty("spec").GetProperty("systemPrompt").GetString());
        Assert.Equal(2, patch.GetProperty("metadata").GetProperty("generation").GetInt64());
        Assert.Equal("b", patch.GetProperty("metadata").GetProperty("labels").GetProperty("a").GetString());
        var status = patch.GetProperty("status");
        Assert.Equal(("Available", 2L), (status.GetProperty("state").GetString(), status.GetProperty("observedGeneration").GetInt64()));
        Assert.Equal("True", status.GetProperty("conditions")[0].GetProperty("status").GetString());

        using var gone = await user.DeleteAsync("/api/v1/ghosts/g", Ct);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        using var nothing = await SendAsync(user, HttpMethod.Patch, "/api/v1/ghosts/g", "{}", "application/merge-patch+json");
        Assert.Equal("resource.not_found", await CodeAsync(nothing, HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task A_stale_version_is_409_with_the_current_one_by_body_and_by_header()
    {
        using var user = await _host.AddUserAsync("stan");
        using var first = await SendAsync(user, HttpMethod.Put, "/api/v1/ghosts/g", Ghost("g", "one"));
        using var second = await SendAsync(user, HttpMethod.Put, "/api/v1/ghosts/g", Ghost("g", "two"));
        var (stale, current) = (first.Headers.ETag!.Tag, second.Headers.ETag!.Tag);

        using var byHeader = await SendAsync(user, HttpMethod.Put, "/api/v1/ghosts/g", Ghost("g", "three"), ifMatch: stale);
        Assert.Contains($"version {current.Trim('"')}", await DetailAsync(byHeader, HttpStatusCode.Conflict, "resource.conflict"), StringComparison.Ordinal);
        using var byBody = await SendAsync(user, HttpMethod.Post, "/api/v1/apply", $"apiVersion: agent.wecode.io/v1\nkind: Ghost\nmetadata: {{ name: g, resourceVersion: {stale} }}\nspec: {{ systemPrompt: three }}\n", "application/yaml");
        Assert.Contains($"version {current.Trim('"')}", await DetailAsync(byBody, HttpStatusCode.Conflict, "resource.conflict"), StringComparison.Ordinal);
        using var patch = await SendAsync(user, HttpMethod.Patch, "/api/v1/ghosts/g", """{"spec":{"systemPrompt":"three"}}""", "application/merge-patch+json", stale);
        Assert.Equal("resource.conflict", await CodeAsync(patch, HttpStatusCode.Conflict));
        using var delete = await SendAsync(user, HttpMethod.Delete, "/api/v1/ghosts/g", ifMatch: stale);
        Assert.Equal("resource.conflict", await CodeAsync(delete, HttpStatusCode.Conflict));
        using var nonsense = await SendAsync(user, HttpMethod.Put, "/api/v1/ghosts/g", Ghost("g", "three"), ifMatch: "\"abc\"");
        Assert.Equal("request.invalid", await CodeAsync(nonsense, HttpStatusCode.BadRequest));

        using var fits = await SendAsync(user, HttpMethod.Put, "/api/v1/ghosts/g", Ghost("g", "three"), ifMatch: current);
        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
        using var absent = await SendAsync(user, HttpMethod.Put, "/api/v1/ghosts/absent", Ghost("absent", "x"), ifMatch: "*");
        Assert.Equal("resource.not_found", await CodeAsync(absent, HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Of_many_who_change_one_version_one_wins_and_the_others_are_told()
    {
        using var user = await _host.AddUserAsync("mona");
        using var first = await SendAsync(user, HttpMethod.Put, "/api/v1/ghosts/g", Ghost("g", "start"));

        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            using var reply = await SendAsync(user, HttpMethod.Put, "/api/v1/ghosts/g", Ghost("g", $"writer {i}"), ifMatch: first.Headers.ETag!.Tag);
            return reply.StatusCode;
        }));

        Assert.Single(statuses, HttpStatusCode.OK);
        Assert.Equal(19, statuses.Count(static status => status == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task A_client_that_has_the_resource_is_told_so()
    {
        using var user = await _host.AddUserAsync("cara");
        using var created = await SendAsync(user, HttpMethod.Put, "/api/v1/ghosts/g", Ghost("g", "one"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/ghosts/g");
        request.Headers.IfNoneMatch.Add(created.Headers.ETag!);
        using var reply = await user.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.NotModified, reply.StatusCode);
    }

    [Fact]
    public async Task Bodies_and_replies_may_be_YAML()
    {
        using var user = await _host.AddUserAsync("yara");
        using var created = await SendAsync(user, HttpMethod.Post, "/api/v1/ghosts", "apiVersion: agent.wecode.io/v1\nkind: Ghost\nmetadata: { name: g }\nspec: { systemPrompt: \"yes: it is\" }\n", "application/yaml");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/ghosts/g");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/yaml"));
        using var reply = await user.SendAsync(request, Ct);
        Assert.Equal("application/yaml", reply.Content.Headers.ContentType?.MediaType);
        var yaml = await reply.Content.ReadAsStringAsync(Ct);
        Assert.StartsWith("apiVersion: agent.wecode.io/v1\nkind: Ghost\nmetadata:\n  name: g\n", yaml, StringComparison.Ordinal);

        // What was read is applied back as it stands.
        using var list = new HttpRequestMessage(HttpMethod.Get, "/api/v1/ghosts");
        list.Headers.Accept.ParseAdd("text/yaml;q=0.9, application/json;q=0.1");
        using var listed = await user.SendAsync(list, Ct);
        using var applied = await SendAsync(user, HttpMethod.Post, "/api/v1/apply", await listed.Content.ReadAsStringAsync(Ct), "application/yaml");
        Assert.Equal("unchanged", (await TestHost.ReadAsync(applied)).GetProperty("results")[0].GetProperty("operation").GetString());
    }

    [Theory]
    [InlineData("PUT", "/api/v1/ghosts/g", """{"apiVersion":"agent.wecode.io/v1","kind":"Ghost","metadata":{"name":"other"},"spec":{"systemPrompt":"x"}}""", 400, "request.invalid")]
    [InlineData("PUT", "/api/v1/ghosts/g", """{"apiVersion":"agent.wecode.io/v1","kind":"Ghost","metadata":{"name":"g","namespace":"other"},"spec":{"systemPrompt":"x"}}""", 400, "request.invalid")]
    [InlineData("POST", "/api/v1/ghosts", """{"apiVersion":"agent.wecode.io/v1","kind":"Bot","metadata":{"name":"g"},"spec":{"ghostRef":{"name":"x"}}}""", 400, "request.invalid")]
    [InlineData("POST", "/api/v1/ghosts", "[]", 400, "request.invalid")]
    [InlineData("POST", "/api/v1/ghosts", "", 400, "request.invalid")]
    [InlineData("POST", "/api/v1/apply", "", 400, "apply.empty")]
    [InlineData("POST", "/api/v1/ghosts", "{", 422, "resource.invalid")]
    [InlineData("POST", "/api/v1/ghosts", """{"apiVersion":"agent.wecode.io/v1","kind":"Ghost","metadata":{"name":"../../etc"},"spec":{"systemPrompt":"x"}}""", 422, "resource.invalid")]
    [InlineData("POST", "/api/v1/ghosts?strict=true", """{"apiVersion":"agent.wecode.io/v1","kind":"Ghost","metadata":{"name":"g"},"spec":{"systemPrompt":"x","nme":1}}""", 422, "resource.invalid")]
    [InlineData("GET", "/api/v1/ghosts?limit=-1", null, 400, "request.invalid")]
    [InlineData("GET", "/api/v1/ghosts?limit=1000000000", null, 400, "request.invalid")]
    [InlineData("GET", "/api/v1/ghosts?continue=abc", null, 400, "list.bad_continue")]
    [InlineData("GET", "/api/v1/ghosts?labelSelector=a%20b", null, 400, "list.bad_selector")]
    [InlineData("GET", "/api/v1/ghosts?fieldSelector=x", null, 400, "list.bad_selector")]
    public async Task What_cannot_be_meant_is_refused(string method, string address, string? body, int status, string code)
    {
        using var reply = await SendAsync(fixture.Admin, new HttpMethod(method), address, body);
        Assert.Equal(code, await CodeAsync(reply, (HttpStatusCode)status));
    }

    [Fact]
    public async Task A_patch_takes_JSON_only()
    {
        using var reply = await SendAsync(fixture.Admin, HttpMethod.Patch, "/api/v1/ghosts/ghost", "a: b", "application/yaml");
        Assert.Equal("request.media_type", await CodeAsync(reply, HttpStatusCode.UnsupportedMediaType));
    }

    [Fact]
    public async Task An_unknown_field_is_kept_and_warned_about()
    {
        using var user = await _host.AddUserAsync("uwe");
        using var reply = await SendAsync(user, HttpMethod.Post, "/api/v1/ghosts", """{"apiVersion":"agent.wecode.io/v1","kind":"Ghost","metadata":{"name":"g"},"spec":{"systemPrompt":"x","later":1}}""");
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        Assert.Contains("WG0201", string.Concat(reply.Headers.GetValues("Warning")), StringComparison.Ordinal);
        Assert.Equal(1, (await TestHost.ReadAsync(reply)).GetProperty("spec").GetProperty("later").GetInt32());
    }

    [Fact]
    public async Task A_dry_run_writes_nothing_and_a_diff_masks_secrets()
    {
        using var user = await _host.AddUserAsync("dirk");
        const string Model = """{"apiVersion":"agent.wecode.io/v1","kind":"Model","metadata":{"name":"dry"},"spec":{"modelConfig":{"env":{"model":"claude","api_key":"canary-1","base_url":"https://a.example"}}}}""";
        using var dry = await SendAsync(user, HttpMethod.Post, "/api/v1/models?dryRun=true", Model);
        Assert.Equal(HttpStatusCode.Created, dry.StatusCode);
        using var absent = await user.GetAsync("/api/v1/models/dry", Ct);
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);

        using var created = await SendAsync(user, HttpMethod.Post, "/api/v1/models", Model);
        using var changed = await SendAsync(user, HttpMethod.Post, "/api/v1/apply?dryRun=true", Model.Replace("canary-1", "canary-2", StringComparison.Ordinal).Replace("a.example", "b.example", StringComparison.Ordinal));
        var text = await changed.Content.ReadAsStringAsync(Ct);
        Assert.DoesNotContain("canary", text + await created.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        var diff = JsonDocument.Parse(text).RootElement.GetProperty("results")[0].GetProperty("diff").EnumerateArray().ToDictionary(static change => change.GetProperty("path").GetString()!);
        Assert.Equal(["spec.modelConfig.env.api_key", "spec.modelConfig.env.base_url"], diff.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("https://b.example", diff["spec.modelConfig.env.base_url"].GetProperty("after").GetString());
    }

    [Fact]
    public async Task A_set_prunes_what_it_no_longer_holds()
    {
        using var user = await _host.AddUserAsync("pia");
        using var first = await SendAsync(user, HttpMethod.Post, "/api/v1/apply?prune=site", $"[{Ghost("a", "x")},{Ghost("b", "x")}]");
        using var second = await SendAsync(user, HttpMethod.Post, "/api/v1/apply?prune=site", $"[{Ghost("a", "x")}]");
        var result = await TestHost.ReadAsync(second);
        Assert.Equal("b", Assert.Single(result.GetProperty("pruned").EnumerateArray()).GetProperty("metadata").GetProperty("name").GetString());
        Assert.Equal(["unchanged", "pruned"], result.GetProperty("results").EnumerateArray().Select(static one => one.GetProperty("operation").GetString()));
        using var gone = await user.GetAsync("/api/v1/ghosts/b", Ct);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Public_resources_are_for_all_to_read_and_for_administrators_to_write()
    {
        using var user = await _host.AddUserAsync("paula");
        using var refused = await SendAsync(user, HttpMethod.Put, "/api/v1/admin/public/ghosts/shared", Ghost("shared", "for all"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var written = await SendAsync(fixture.Admin, HttpMethod.Put, "/api/v1/admin/public/ghosts/shared", Ghost("shared", "for all"));
        Assert.Equal(HttpStatusCode.Created, written.StatusCode);
        using var model = await SendAsync(fixture.Admin, HttpMethod.Post, "/api/v1/admin/public-models", """{"apiVersion":"agent.wecode.io/v1","kind":"Model","metadata":{"name":"m"},"spec":{"modelConfig":{"env":{"api_key":"canary"}}}}""");
        Assert.Equal(HttpStatusCode.Created, model.StatusCode);

        using var read = await user.GetAsync("/api/v1/ghosts/shared", Ct);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        var mine = await TestHost.ReadAsync(await user.GetAsync("/api/v1/ghosts", Ct));
        Assert.Empty(mine.GetProperty("items").EnumerateArray());
        var all = await TestHost.ReadAsync(await user.GetAsync("/api/v1/ghosts?public=true", Ct));
        Assert.Equal("shared", Assert.Single(all.GetProperty("items").EnumerateArray()).GetProperty("metadata").GetProperty("name").GetString());
        using var models = await user.GetAsync("/api/v1/models/m", Ct);
        Assert.DoesNotContain("canary", await models.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var delete = await user.DeleteAsync("/api/v1/ghosts/shared", Ct);
        Assert.Equal(HttpStatusCode.NotFound, delete.StatusCode);

        // A public shell is there from the start, so a bot needs none of its own.
        using var bot = await SendAsync(user, HttpMethod.Post, "/api/v1/bots", """{"apiVersion":"agent.wecode.io/v1","kind":"Bot","metadata":{"name":"b"},"spec":{"ghostRef":{"name":"shared"},"shellRef":{"name":"ClaudeCode"}}}""");
        Assert.Equal(HttpStatusCode.Created, bot.StatusCode);
    }

    private static string Ghost(string name, string prompt) => $$$"""{"apiVersion":"agent.wecode.io/v1","kind":"Ghost","metadata":{"name":"{{{name}}}"},"spec":{"systemPrompt":"{{{prompt}}}"}}""";

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string address, string? body = null, string type = "application/json", string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, address);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, type);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await client.SendAsync(request, Ct);
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage reply, HttpStatusCode status)
    {
        Assert.True(reply.StatusCode == status, $"{(int)reply.StatusCode}: {await reply.Content.ReadAsStringAsync(Ct)}");
        return (await TestHost.ReadAsync(reply)).GetProperty("code").GetString();
    }

    private static async Task<string> DetailAsync(HttpResponseMessage reply, HttpStatusCode status, string code)
    {
        Assert.Equal(code, await CodeAsync(reply, status));
        return (await TestHost.ReadAsync(reply)).GetProperty("detail").GetString()!;
    }
}
