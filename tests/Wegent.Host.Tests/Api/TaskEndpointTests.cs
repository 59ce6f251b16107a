using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Wegent.Hosting.Tests.Api;

public sealed class TaskEndpointTests : IClassFixture<HostFixture>
{
    private readonly TestHost _host;
    private readonly HttpClient _client;

    public TaskEndpointTests(HostFixture fixture)
    {
        _host = fixture.Host;
        _client = fixture.Admin;
        _host.Agent.Script = PuppetAgent.Echo;
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_is_answered_by_201_with_its_resource_and_where_it_is()
    {
        using var reply = await _client.PostAsJsonAsync("/api/v1/tasks", new { title = "A title", prompt = "hello", team = new { name = "team", @namespace = "default" }, labels = new { kind = "test" } }, Ct);
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        var task = await TestHost.ReadAsync(reply);
        var id = task.GetProperty("status").GetProperty("taskId").GetInt64();
        Assert.Equal($"/api/v1/tasks/{id}", reply.Headers.Location!.ToString());
        Assert.Equal("agent.wecode.io/v1", task.GetProperty("apiVersion").GetString());
        Assert.Equal("Task", task.GetProperty("kind").GetString());
        Assert.Equal($"task-{id}", task.GetProperty("metadata").GetProperty("name").GetString());
        Assert.Equal("test", task.GetProperty("metadata").GetProperty("labels").GetProperty("kind").GetString());
        Assert.Equal("A title", task.GetProperty("spec").GetProperty("title").GetString());
        Assert.Equal("hello", task.GetProperty("spec").GetProperty("prompt").GetString());
        Assert.Equal("team", task.GetProperty("spec").GetProperty("teamRef").GetProperty("name").GetString());
        Assert.Equal("PENDING", task.GetProperty("status").GetProperty("status").GetString());

        await _host.EventsAsync(id);
        foreach (var address in (string[])[$"/api/v1/tasks/{id}", $"/api/v1/tasks/task-{id}", $"/api/v1/namespaces/default/tasks/task-{id}"])
        {
            var done = await GetAsync(address);
            Assert.Equal("COMPLETED", done.GetProperty("status").GetProperty("status").GetString());
            Assert.Equal(100, done.GetProperty("status").GetProperty("progress").GetInt32());
            Assert.Equal("hello", done.GetProperty("status").GetProperty("result").GetProperty("value").GetString());
        }
    }

    [Theory]
    [InlineData("application/json", """{"apiVersion":"agent.wecode.io/v1","kind":"Task","metadata":{"name":"by-json"},"spec":{"title":"T","prompt":"hello","teamRef":{"name":"team"}}}""", "by-json")]
    [InlineData("application/yaml", "apiVersion: agent.wecode.io/v1\nkind: Task\nmetadata: { name: by-yaml }\nspec: { title: T, prompt: hello, teamRef: { name: team } }\n", "by-yaml")]
    public async Task A_task_resource_is_taken_as_well(string type, string body, string name)
    {
        using var reply = await _client.PostAsync("/api/v1/tasks", new StringContent(body, Encoding.UTF8, type), Ct);
        Assert.True(reply.StatusCode == HttpStatusCode.Created, await reply.Content.ReadAsStringAsync(Ct));
        var id = (await TestHost.ReadAsync(reply)).GetProperty("status").GetProperty("taskId").GetInt64();
        Assert.Equal(id, (await GetAsync($"/api/v1/tasks/{name}")).GetProperty("status").GetProperty("taskId").GetInt64());

        using var again = await _client.PostAsync("/api/v1/tasks", new StringContent(body, Encoding.UTF8, type), Ct);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Equal("task.exists", (await TestHost.ReadAsync(again)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_key_makes_a_request_that_is_sent_twice_one_task()
    {
        var first = await SendWithKeyAsync("k1", "hello");
        var second = await SendWithKeyAsync("k1", "hello");
        var other = await SendWithKeyAsync("k1", "something else");
        Assert.Equal(first.Task, second.Task);
        Assert.Equal(HttpStatusCode.Created, second.Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);

        async Task<(HttpStatusCode Status, long? Task)> SendWithKeyAsync(string key, string prompt)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tasks") { Content = JsonContent.Create(new { prompt, team = "team" }) };
            request.Headers.Add("Idempotency-Key", key);
            using var reply = await _client.SendAsync(request, Ct);
            var body = await TestHost.ReadAsync(reply);
            return (reply.StatusCode, reply.IsSuccessStatusCode ? body.GetProperty("status").GetProperty("taskId").GetInt64() : null);
        }
    }

    [Theory]
    [InlineData("""{"prompt":"x"}""", HttpStatusCode.BadRequest, "request.invalid")]
    [InlineData("""{"team":"team"}""", HttpStatusCode.BadRequest, "request.invalid")]
    [InlineData("""{"prompt":"x","team":"team","rol":"admin"}""", HttpStatusCode.BadRequest, "request.invalid")]
    [InlineData("""{"prompt":"x","team":7}""", HttpStatusCode.BadRequest, "request.invalid")]
    [InlineData("""{"prompt":"x","prompt":"y","team":"team"}""", HttpStatusCode.BadRequest, "request.invalid")]
    [InlineData("""{"prompt":"x","team":"nobody"}""", HttpStatusCode.NotFound, "team.not_found")]
    [InlineData("""{"prompt":"","team":"team"}""", HttpStatusCode.UnprocessableEntity, "task.empty_prompt")]
    [InlineData("""{"kind":"Task"}""", HttpStatusCode.UnprocessableEntity, "resource.invalid")]
    [InlineData("not json", HttpStatusCode.BadRequest, "request.invalid")]
    public async Task What_cannot_be_a_task_is_refused_with_a_reason(string body, HttpStatusCode status, string code)
    {
        using var reply = await _client.PostAsync("/api/v1/tasks", new StringContent(body, Encoding.UTF8, "application/json"), Ct);
        var problem = await TestHost.ReadAsync(reply);
        Assert.True(reply.StatusCode == status, problem.ToString());
        Assert.Equal(code, problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_unknown_field_is_named_with_its_place()
    {
        using var reply = await _client.PostAsync("/api/v1/tasks", new StringContent("{\n  \"prompt\": \"x\",\n  \"teem\": \"team\"\n}", Encoding.UTF8, "application/json"), Ct);
        var finding = (await TestHost.ReadAsync(reply)).GetProperty("errors")[0];
        Assert.Equal(3, finding.GetProperty("line").GetInt32());
        Assert.Equal(3, finding.GetProperty("column").GetInt32());
        Assert.Equal("teem", finding.GetProperty("path").GetString());
        Assert.Contains("team", finding.GetProperty("hint").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_comes_newest_first_in_pages_that_fit_together()
    {
        using var user = await _host.AddUserAsync("lister");
        using var applied = await user.PostAsync("/api/v1/apply", new StringContent(TestHost.Team, Encoding.UTF8, "application/yaml"), Ct);
        var made = new List<long>();
        for (var i = 0; i < 5; i++)
            made.Add(await TestHost.SubmitAsync(user, $"task {i}"));

        var seen = new List<long>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"/api/v1/tasks?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}", user);
            Assert.Equal("TaskList", page.GetProperty("kind").GetString());
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(static item => item.GetProperty("status").GetProperty("taskId").GetInt64()));
            cursor = page.GetProperty("metadata").TryGetProperty("continue", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        made.Reverse();
        Assert.Equal(made, seen);

        await _host.EventsAsync(made[0], "lister");
        Assert.Contains(made[0], (await GetAsync("/api/v1/tasks?status=COMPLETED&team=team", user)).GetProperty("items").EnumerateArray().Select(static item => item.GetProperty("status").GetProperty("taskId").GetInt64()));
        Assert.Empty((await GetAsync("/api/v1/tasks?team=other", user)).GetProperty("items").EnumerateArray());
        Assert.Empty((await GetAsync("/api/v1/namespaces/other/tasks", user)).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("limit=-1")]
    [InlineData("limit=1000000000")]
    [InlineData("limit=x")]
    [InlineData("cursor=forged")]
    [InlineData("status=NOSUCH")]
    public async Task A_list_that_is_asked_for_nonsense_is_400(string query)
    {
        using var reply = await _client.GetAsync($"/api/v1/tasks?{query}", Ct);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Equal("request.invalid", (await TestHost.ReadAsync(reply)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_follow_up_a_cancel_and_a_retry_do_what_they_say()
    {
        var id = await TestHost.SubmitAsync(_client, "one");
        await _host.EventsAsync(id);

        var gate = new TaskCompletionSource();
        _host.Agent.Script = PuppetAgent.Until(gate.Task);
        using var sent = await _client.PostAsJsonAsync($"/api/v1/tasks/{id}/messages", new { message = "two" }, Ct);
        Assert.Equal(HttpStatusCode.Created, sent.StatusCode);
        Assert.Equal(3, (await TestHost.ReadAsync(sent)).GetProperty("message_id").GetInt32());
        using var busy = await _client.PostAsJsonAsync($"/api/v1/tasks/{id}/messages", new { message = "three" }, Ct);
        Assert.Equal(HttpStatusCode.Conflict, busy.StatusCode);

        using var cancelled = await _client.PostAsync($"/api/v1/tasks/{id}/cancel", null, Ct);
        Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        await _host.EventsAsync(id);
        Assert.Equal("CANCELLED", (await GetAsync($"/api/v1/tasks/{id}")).GetProperty("status").GetProperty("status").GetString());

        gate.SetResult();
        using var retried = await _client.PostAsync($"/api/v1/tasks/{id}/retry", null, Ct);
        Assert.True(retried.IsSuccessStatusCode, await retried.Content.ReadAsStringAsync(Ct));
        await _host.EventsAsync(id);
        var messages = await GetAsync($"/api/v1/tasks/{id}/subtasks");
        Assert.Equal(["USER", "ASSISTANT", "USER", "ASSISTANT"], messages.GetProperty("items").EnumerateArray().Select(static m => m.GetProperty("role").GetString()));
        Assert.Equal("working done", messages.GetProperty("items")[3].GetProperty("content").GetString());
        using var nothing = await _client.PostAsync($"/api/v1/tasks/{id}/retry", null, Ct);
        Assert.Equal(HttpStatusCode.Conflict, nothing.StatusCode);
    }

    [Fact]
    public async Task A_pipeline_waits_for_a_person_and_goes_on()
    {
        using var user = await _host.AddUserAsync("piper");
        var pipeline = TestHost.Team.Replace("collaborationModel: solo", "collaborationModel: pipeline", StringComparison.Ordinal).Replace("members: [ { botRef: { name: bot } } ]", "members: [ { botRef: { name: bot }, requireConfirmation: true }, { botRef: { name: second } } ]", StringComparison.Ordinal)
            + "\n---\napiVersion: agent.wecode.io/v1\nkind: Bot\nmetadata: { name: second }\nspec: { ghostRef: { name: ghost }, shellRef: { name: puppet } }\n";
        using var applied = await user.PostAsync("/api/v1/apply", new StringContent(pipeline, Encoding.UTF8, "application/yaml"), Ct);
        Assert.True(applied.IsSuccessStatusCode, await applied.Content.ReadAsStringAsync(Ct));
        var id = await TestHost.SubmitAsync(user, "one");
        await UntilAsync(id, user, "PENDING_CONFIRMATION");
        var stages = await user.GetFromJsonAsync<JsonElement>($"/api/v1/tasks/{id}/pipeline-stage-info", Ct);
        Assert.Equal(
            ["pending_confirmation", "pending"], stages.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("status").GetString()));
        Assert.Equal((0, 2, true), (stages.GetProperty("current_stage").GetInt32(), stages.GetProperty("total_stages").GetInt32(), stages.GetProperty("is_pending_confirmation").GetBoolean()));
        using var wrong = await user.PostAsJsonAsync($"/api/v1/tasks/{id}/confirm", new { action = "dance" }, Ct);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using var confirmed = await user.PostAsJsonAsync($"/api/v1/tasks/{id}/confirm", new { action = "continue", confirmed_prompt = "edited" }, Ct);
        Assert.True(confirmed.IsSuccessStatusCode, await confirmed.Content.ReadAsStringAsync(Ct));
        await UntilAsync(id, user, "COMPLETED");
        var last = (await GetAsync($"/api/v1/tasks/{id}/subtasks", user)).GetProperty("items").EnumerateArray().Last();
        Assert.Equal("second", last.GetProperty("bot_name").GetString());
        Assert.Contains("edited", last.GetProperty("prompt").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_task_is_gone()
    {
        var id = await TestHost.SubmitAsync(_client);
        using var deleted = await _client.DeleteAsync($"/api/v1/tasks/{id}", Ct);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await _client.GetAsync($"/api/v1/tasks/{id}", Ct);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        using var twice = await _client.DeleteAsync($"/api/v1/tasks/{id}", Ct);
        Assert.Equal(HttpStatusCode.NotFound, twice.StatusCode);
    }

    [Fact]
    public async Task Another_users_task_is_404_in_every_way()
    {
        var id = await TestHost.SubmitAsync(_client);
        using var other = await _host.AddUserAsync("oscar");
        foreach (var (method, path) in ((HttpMethod, string)[])
        [
            (HttpMethod.Get, ""), (HttpMethod.Delete, ""), (HttpMethod.Get, "/subtasks"), (HttpMethod.Post, "/messages"), (HttpMethod.Post, "/cancel"), (HttpMethod.Post, "/retry"),
            (HttpMethod.Post, "/confirm"), (HttpMethod.Get, "/pipeline-stage-info"), (HttpMethod.Get, "/events"), (HttpMethod.Get, "/logs"), (HttpMethod.Get, "/diff"), (HttpMethod.Get, "/workspace/files/a.txt"),
            (HttpMethod.Post, "/preserve-executor"), (HttpMethod.Delete, "/preserve-executor"),
        ])
        {
            foreach (var name in (string[])[$"{id}", $"task-{id}"])
            {
                using var request = new HttpRequestMessage(method, $"/api/v1/tasks/{name}{path}") { Content = path == "/messages" ? JsonContent.Create(new { message = "x" }) : null };
                using var reply = await other.SendAsync(request, Ct);
                Assert.True(reply.StatusCode == HttpStatusCode.NotFound, $"{method} {path}: {reply.StatusCode}");
                Assert.Equal("task.not_found", (await TestHost.ReadAsync(reply)).GetProperty("code").GetString());
            }
        }

        Assert.Empty((await GetAsync("/api/v1/tasks", other)).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_sandbox_is_kept_until_it_is_not_any_more()
    {
        var id = await TestHost.SubmitAsync(_client);
        using var keep = await _client.PostAsync($"/api/v1/tasks/{id}/preserve-executor", null, Ct);
        Assert.True((await GetAsync($"/api/v1/tasks/{id}")).GetProperty("status").GetProperty("preserveExecutor").GetBoolean());
        using var release = await _client.DeleteAsync($"/api/v1/tasks/{id}/preserve-executor", Ct);
        Assert.False((await GetAsync($"/api/v1/tasks/{id}")).GetProperty("status").GetProperty("preserveExecutor").GetBoolean());
    }

    [Theory]
    [InlineData("logs", "log.not_found")]
    [InlineData("diff", "diff.not_found")]
    [InlineData("workspace/files/a.txt", "file.not_found")]
    public async Task What_a_task_does_not_have_is_404_with_a_reason(string what, string code)
    {
        var id = await TestHost.SubmitAsync(_client);
        using var reply = await _client.GetAsync($"/api/v1/tasks/{id}/{what}", Ct);
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Equal(code, (await TestHost.ReadAsync(reply)).GetProperty("code").GetString());
    }

    private static async Task UntilAsync(long id, HttpClient client, string status)
    {
        using var stream = await client.GetStreamAsync($"/api/v1/tasks/{id}/events?follow=true", Ct);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(Ct) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal)
                && JsonDocument.Parse(line[6..]).RootElement.TryGetProperty("status", out var word)
                && word.ValueKind == JsonValueKind.String
                && word.GetString() == status)
                return;
        }
    }

    private async Task<JsonElement> GetAsync(string address, HttpClient? client = null)
    {
        using var reply = await (client ?? _client).GetAsync(address, Ct);
        Assert.True(reply.IsSuccessStatusCode, $"{address}: {await reply.Content.ReadAsStringAsync(Ct)}");
        return await TestHost.ReadAsync(reply);
    }
}
