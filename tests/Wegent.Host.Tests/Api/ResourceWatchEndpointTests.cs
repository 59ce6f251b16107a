using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Wegent.Storage;

namespace Wegent.Hosting.Tests.Api;

/// <summary>What happens to resources over HTTP: the stream of changes, and the revisions.</summary>
public sealed class ResourceWatchEndpointTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private readonly TestHost _host = fixture.Host;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watch_tells_of_every_change_as_a_line_of_JSON()
    {
        using var user = await _host.AddUserAsync("walter");
        await ApplyAsync(user, Ghost("a", "one"));
        var version = (await TestHost.ReadAsync(await user.GetAsync("/api/v1/ghosts", Ct))).GetProperty("metadata").GetProperty("resourceVersion").GetString();
        using var reply = await user.GetAsync($"/api/v1/ghosts?watch=true&resourceVersion={version}", HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync(Ct));

        await ApplyAsync(user, Ghost("a", "two"));
        await ApplyAsync(user, Ghost("b", "one"));
        using var gone = await user.DeleteAsync("/api/v1/ghosts/a", Ct);

        Assert.Equal(["MODIFIED a", "ADDED b", "DELETED a"], [await NextAsync(lines), await NextAsync(lines), await NextAsync(lines)]);
    }

    [Fact]
    public async Task A_watch_without_a_version_begins_with_what_is_there_and_ends_when_its_time_is_over()
    {
        using var user = await _host.AddUserAsync("wilma");
        await ApplyAsync(user, Ghost("a", "one"));

        using var reply = await user.GetAsync("/api/v1/namespaces/default/ghosts?watch=true&timeoutSeconds=1", Ct);

        var lines = (await reply.Content.ReadAsStringAsync(Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("ADDED a", Tell(lines[0]));
        var bookmark = JsonDocument.Parse(lines[1]).RootElement;
        Assert.Equal("BOOKMARK", bookmark.GetProperty("type").GetString());
        Assert.NotEqual("0", bookmark.GetProperty("object").GetProperty("metadata").GetProperty("resourceVersion").GetString());
    }

    [Theory]
    [InlineData("resourceVersion=1", 410, "resource.expired")]
    [InlineData("resourceVersion=99999999", 410, "resource.expired")]
    [InlineData("resourceVersion=abc", 400, "list.bad_version")]
    [InlineData("labelSelector=a%20b", 400, "list.bad_selector")]
    [InlineData("timeoutSeconds=0", 400, "request.invalid")]
    public async Task What_cannot_be_watched_is_an_error_before_it_is_a_stream(string query, int status, string code)
    {
        await _host.Services.GetRequiredService<IResourceStore>().TrimLogAsync(1, 10, Ct);
        using var reply = await fixture.Admin.GetAsync($"/api/v1/ghosts?watch=true&{query}", HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal(status, (int)reply.StatusCode);
        Assert.Equal(code, (await TestHost.ReadAsync(reply)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Revisions_are_listed_and_gone_back_to()
    {
        using var user = await _host.AddUserAsync("rosa");
        await ApplyAsync(user, Ghost("g", "one"));
        await ApplyAsync(user, Ghost("g", "two"));
        var list = (await TestHost.ReadAsync(await user.GetAsync("/api/v1/namespaces/default/ghosts/g/revisions", Ct))).GetProperty("items");
        Assert.Equal(2, list.GetArrayLength());
        Assert.True(list[0].GetProperty("current").GetBoolean());
        Assert.Equal("one", list[0].GetProperty("diff")[0].GetProperty("before").GetString());

        using var undone = await user.PostAsync($"/api/v1/ghosts/g/undo?to={list[1].GetProperty("resourceVersion").GetString()}", null, Ct);
        Assert.Equal("one", (await TestHost.ReadAsync(undone)).GetProperty("spec").GetProperty("systemPrompt").GetString());
        using var absent = await user.PostAsync("/api/v1/ghosts/g/undo?to=1", null, Ct);
        Assert.Equal("revision.not_found", (await TestHost.ReadAsync(absent)).GetProperty("code").GetString());
        using var nobody = await user.GetAsync("/api/v1/ghosts/nobody/revisions", Ct);
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
    }

    [Fact]
    public async Task A_task_says_which_revisions_it_runs_with()
    {
        var task = await TestHost.SubmitAsync(fixture.Admin);
        var revisions = (await TestHost.ReadAsync(await fixture.Admin.GetAsync($"/api/v1/tasks/{task}", Ct))).GetProperty("status").GetProperty("revisions").EnumerateArray().ToList();
        Assert.Equal(["Team", "Bot", "Ghost", "Shell"], revisions.Select(static revision => revision.GetProperty("kind").GetString()));
        var ghost = await TestHost.ReadAsync(await fixture.Admin.GetAsync("/api/v1/ghosts/ghost", Ct));
        Assert.Equal(ghost.GetProperty("metadata").GetProperty("resourceVersion").GetString(), revisions[2].GetProperty("resourceVersion").GetString());
    }

    private static string Ghost(string name, string prompt) => $"apiVersion: agent.wecode.io/v1\nkind: Ghost\nmetadata: {{ name: {name} }}\nspec: {{ systemPrompt: {prompt} }}\n";

    private static async Task ApplyAsync(HttpClient client, string yaml)
    {
        using var reply = await client.PostAsync("/api/v1/apply", new StringContent(yaml, Encoding.UTF8, "application/yaml"), Ct);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(Ct));
    }

    private static async Task<string> NextAsync(StreamReader lines) => Tell((await lines.ReadLineAsync(Ct))!);

    private static string Tell(string line)
    {
        var news = JsonDocument.Parse(line).RootElement;
        return $"{news.GetProperty("type").GetString()} {news.GetProperty("object").GetProperty("metadata").GetProperty("name").GetString()}";
    }
}
