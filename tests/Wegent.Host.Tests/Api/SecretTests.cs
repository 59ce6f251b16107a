using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Wegent.Hosting.Tests.Api;

public sealed class SecretTests
{
    private const string Canary = "canary-7f3a";

    private const string Model = """

        ---
        apiVersion: agent.wecode.io/v1
        kind: Model
        metadata: { name: model }
        spec: { modelConfig: { env: { model: claude, model_id: m, api_key: "${secret:MODEL_KEY}" } } }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_reaches_the_agent_and_comes_out_nowhere_else()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await host.SignInAsync();
        await ApplyAsync(client);
        using var set = await client.PutAsJsonAsync("/api/v1/secrets/MODEL_KEY", new { value = Canary }, Ct);
        Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);

        var taskId = await TestHost.SubmitAsync(client);
        await host.EventsAsync(taskId);

        Assert.Equal(Canary, host.Agent.Requests.Single().Model["api_key"]);
        foreach (var path in (string[])["/api/v1/secrets", "/api/v1/models/model", $"/api/v1/tasks/{taskId}", $"/api/v1/tasks/{taskId}/subtasks"])
            Assert.DoesNotContain(Canary, await client.GetStringAsync(path, Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_is_not_there_fails_the_task_and_says_which()
    {
        await using var host = await TestHost.StartAsync();
        using var admin = await host.SignInAsync();
        using var set = await admin.PutAsJsonAsync("/api/v1/secrets/MODEL_KEY", new { value = Canary }, Ct);
        using var ada = await host.AddUserAsync("ada");
        await ApplyAsync(ada);

        var taskId = await TestHost.SubmitAsync(ada);
        await host.EventsAsync(taskId, "ada");

        var status = (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/tasks/{taskId}", Ct)).GetProperty("status");
        Assert.Contains("MODEL_KEY", status.ToString(), StringComparison.Ordinal);
        Assert.Empty(host.Agent.Requests);
        Assert.Empty((await ada.GetFromJsonAsync<JsonElement>("/api/v1/secrets", Ct)).GetProperty("items").EnumerateArray());
        using var removed = await ada.DeleteAsync("/api/v1/secrets/MODEL_KEY", Ct);
        Assert.Equal(HttpStatusCode.NotFound, removed.StatusCode);
    }

    [Theory]
    [InlineData("A%20B", "x")]
    [InlineData("A", "")]
    public async Task A_secret_that_cannot_be_is_refused(string name, string value)
    {
        await using var host = await TestHost.StartAsync();
        using var client = await host.SignInAsync();

        using var reply = await client.PutAsJsonAsync($"/api/v1/secrets/{name}", new { value }, Ct);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.StatusCode);
    }

    private static async Task ApplyAsync(HttpClient client)
    {
        var team = TestHost.Team.Replace("shellRef: { name: puppet } }", "shellRef: { name: puppet }, modelRef: { name: model } }", StringComparison.Ordinal) + Model;
        using var reply = await client.PostAsync("/api/v1/apply", new StringContent(team, Encoding.UTF8, "application/yaml"), Ct);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(Ct));
    }
}
