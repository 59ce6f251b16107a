using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Wegent.Storage;
using Wegent.TestKit.Models;

namespace Wegent.Hosting.Tests.EndToEnd;

/// <summary>The whole way on real parts: YAML over HTTP, a task over the WebSocket, Claude Code in a container on a real repository.</summary>
public sealed class CodingTaskTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_team_from_the_samples_writes_a_file_and_runs_it_in_a_container_and_leaves_nothing()
    {
        await using var world = await DockerWorld.CreateAsync();
        await using var host = await TestHost.StartAsync(world.Settings, services => services.AddWegent().AddClaudeCodeAgent());
        world.Model.Enqueue(
            FakeModelTurn.Say("I write the script.").CallTool("Write", new { file_path = "hello.sh", content = "echo hello from the sandbox\n" }),
            FakeModelTurn.UseTool("Bash", new { command = "sh hello.sh", description = "Run it" }),
            FakeModelTurn.Say("It prints hello."),
            FakeModelTurn.Say("No defects."));
        using var client = await host.SignInAsync();
        await ApplyAsync(client, DockerWorld.SampleTeam());
        await ApplyAsync(client, world.Team);

        await using var chat = await ChatClient.ConnectAsync(host, client);
        var taskId = await chat.BeginTaskAsync(new { team = "dev-team", message = "Write a script that says hello", git_url = world.Repository });
        var events = await chat.UntilEndAsync(taskId);

        var last = events[^1].GetProperty("data");
        Assert.True(last.GetProperty("status").GetString() == "COMPLETED", last.ToString());
        Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(e => e.GetProperty("seq").GetInt64()));
        Assert.Equal("I write the script.It prints hello.No defects.", TextOf(events));
        Assert.Contains("hello from the sandbox", string.Concat(events.Select(e => e.ToString())), StringComparison.Ordinal);
        Assert.DoesNotContain("canary-e2e-key", string.Concat(events.Select(e => e.ToString())), StringComparison.Ordinal);

        var diff = await client.GetStringAsync($"/api/v1/tasks/{taskId}/diff", Ct);
        Assert.Contains("+echo hello from the sandbox", diff, StringComparison.Ordinal);
        Assert.Equal(["README.md"], Directory.EnumerateFiles(world.Repository).Select(Path.GetFileName));

        await EventuallyAsync(async () => (await world.LeftoversAsync()).Count == 0);
        await EventuallyAsync(async () => (await host.Services.GetRequiredService<IPortLeaseStore>().ListAsync("docker", Ct)).Count == 0);
    }

    [Theory]
    [InlineData(401, "authentication")]
    [InlineData(429, "rate_limited")]
    [InlineData(529, "overloaded")]
    public async Task A_model_that_refuses_ends_the_task_with_a_reason_and_what_to_do(int status, string reason)
    {
        await using var world = await DockerWorld.CreateAsync();
        await using var host = await TestHost.StartAsync(world.Settings, services => services.AddWegent().AddClaudeCodeAgent(options => options.MaxRetries = 1));
        world.Model.Otherwise = _ => status switch
        {
            401 => FakeModelTurn.Unauthorized(),
            429 => FakeModelTurn.RateLimited(),
            _ => FakeModelTurn.Overloaded(),
        };
        using var client = await host.SignInAsync();
        await ApplyAsync(client, DockerWorld.SampleTeam());
        await ApplyAsync(client, world.Team);

        var last = await EndOfTaskAsync(host, client, "hello");

        Assert.Equal(("FAILED", reason), (last.GetProperty("status").GetString(), last.GetProperty("reason").GetString()));
        Assert.Matches("key|limits|overloaded", last.GetProperty("error_message").GetString());
        await EventuallyAsync(async () => (await world.LeftoversAsync()).Count == 0);
    }

    [Fact]
    public async Task A_container_that_is_killed_under_the_agent_ends_the_task_as_lost()
    {
        await using var world = await DockerWorld.CreateAsync();
        await using var host = await TestHost.StartAsync(world.Settings, services => services.AddWegent().AddClaudeCodeAgent());
        world.Model.Otherwise = _ => FakeModelTurn.Say("one two three four five").StallAfter(3);
        using var client = await host.SignInAsync();
        await ApplyAsync(client, DockerWorld.SampleTeam());
        await ApplyAsync(client, world.Team);
        await using var chat = await ChatClient.ConnectAsync(host, client);
        var taskId = await chat.BeginTaskAsync(new { team = "coder", message = "hello" });
        await chat.UntilAsync($"task:{taskId}", e => e.GetProperty("event").GetString() == "chat:chunk");

        await DockerWorld.RunAsync("docker", "kill", (await world.RunningAsync()).Single());

        var last = (await chat.UntilEndAsync(taskId))[^1].GetProperty("data");
        Assert.Equal(("FAILED", "sandbox_lost"), (last.GetProperty("status").GetString(), last.GetProperty("reason").GetString()));
        await EventuallyAsync(async () => (await world.LeftoversAsync()).Count == 0);
    }

    [Fact]
    public async Task A_cancel_leaves_no_process_and_no_container()
    {
        await using var world = await DockerWorld.CreateAsync();
        await using var host = await TestHost.StartAsync(world.Settings, services => services.AddWegent().AddClaudeCodeAgent());
        world.Model.Otherwise = _ => FakeModelTurn.Say("one two three four five").StallAfter(3);
        using var client = await host.SignInAsync();
        await ApplyAsync(client, DockerWorld.SampleTeam());
        await ApplyAsync(client, world.Team);
        await using var chat = await ChatClient.ConnectAsync(host, client);
        var taskId = await chat.BeginTaskAsync(new { team = "coder", message = "hello" });
        await chat.UntilAsync($"task:{taskId}", e => e.GetProperty("event").GetString() == "chat:chunk");

        await chat.AckAsync("chat:cancel", new { task_id = taskId });

        var events = await chat.UntilEndAsync(taskId);
        Assert.Equal("CANCELLED", events[^1].GetProperty("data").GetProperty("status").GetString());
        Assert.Contains(events, e => e.GetProperty("event").GetString() == "chat:cancelled");
        await EventuallyAsync(async () => (await world.LeftoversAsync()).Count == 0);
    }

    [Fact]
    public async Task A_missing_image_is_named_with_how_to_build_it()
    {
        await using var world = await DockerWorld.CreateAsync();
        var settings = world.Settings;
        settings["Wegent:Docker:ExecutorImage"] = "wegent-nobody-built-this:latest";
        await using var host = await TestHost.StartAsync(settings, services => services.AddWegent().AddClaudeCodeAgent());
        using var client = await host.SignInAsync();
        await ApplyAsync(client, DockerWorld.SampleTeam());
        await ApplyAsync(client, world.Team);

        var last = await EndOfTaskAsync(host, client, "hello");

        Assert.Equal("image_missing", last.GetProperty("reason").GetString());
        Assert.Contains("build-executor-image.sh", last.GetProperty("error_message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_is_down_is_tried_again_and_then_named()
    {
        await using var world = await DockerWorld.CreateAsync();
        var settings = world.Settings;
        settings["Wegent:Docker:Endpoint"] = $"unix://{world.Folder}/nobody.sock";
        await using var host = await TestHost.StartAsync(settings, services => services.AddWegent().AddClaudeCodeAgent());
        using var client = await host.SignInAsync();
        await ApplyAsync(client, DockerWorld.SampleTeam());
        await ApplyAsync(client, world.Team);

        var last = await EndOfTaskAsync(host, client, "hello");

        Assert.Equal(("FAILED", "engine_unavailable"), (last.GetProperty("status").GetString(), last.GetProperty("reason").GetString()));
        Assert.Contains("DOCKER_HOST", last.GetProperty("error_message").GetString(), StringComparison.Ordinal);
    }

    private static async Task ApplyAsync(HttpClient client, string yaml)
    {
        using var reply = await client.PostAsync("/api/v1/apply", new StringContent(yaml, Encoding.UTF8, "application/yaml"), Ct);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(Ct));
    }

    private static async Task<JsonElement> EndOfTaskAsync(TestHost host, HttpClient client, string prompt)
    {
        await using var chat = await ChatClient.ConnectAsync(host, client);
        var taskId = await chat.BeginTaskAsync(new { team = "coder", message = prompt });
        return (await chat.UntilEndAsync(taskId))[^1].GetProperty("data");
    }

    private static string TextOf(IEnumerable<JsonElement> events) => string.Concat(events
        .Where(e => e.GetProperty("event").GetString() == "chat:chunk")
        .Select(e => e.GetProperty("data"))
        .Where(chunk => chunk.GetProperty("kind").GetString() == "text")
        .Select(chunk => chunk.GetProperty("content").GetString()));

    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await holds())
            await Task.Delay(50, patience.Token);
    }
}
