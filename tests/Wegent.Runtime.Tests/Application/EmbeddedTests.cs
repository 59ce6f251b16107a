using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Wegent.Agents;
using Wegent.Events;
using Wegent.Resources;
using Wegent.Sandboxes;
using Wegent.Tasks;
using Wegent.TestKit.Agents;
using Wegent.TestKit.Sandboxes;

namespace Wegent.Runtime.Tests.Application;

/// <summary>Wegent as an embedder has it: services, a host, a SQLite file; from YAML to a streamed answer.</summary>
public sealed class EmbeddedTests : IDisposable
{
    private const string Team = """
        apiVersion: agent.wecode.io/v1
        kind: Team
        metadata: {name: dev-team}
        spec:
          collaborationModel: pipeline
          members:
          - botRef: {name: developer}
            prompt: Write tests first.
          - {name: second, botRef: {name: developer}}
        ---
        apiVersion: agent.wecode.io/v1
        kind: Bot
        metadata: {name: developer}
        spec: {ghostRef: {name: developer}, shellRef: {name: lines}, modelRef: {name: model}}
        ---
        apiVersion: agent.wecode.io/v1
        kind: Ghost
        metadata: {name: developer}
        spec: {systemPrompt: You are a developer.}
        ---
        apiVersion: agent.wecode.io/v1
        kind: Shell
        metadata: {name: lines}
        spec: {shellType: Lines}
        ---
        apiVersion: agent.wecode.io/v1
        kind: Model
        metadata: {name: model}
        spec:
          modelConfig:
            env: {model: claude, model_id: m-1, api_key: canary-7f3a}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("wegent-test-").FullName;
    private readonly FakeSandboxProvider _place = new() { Script = (_, spec) => spec.Program == "lines" ? FakeScript.Of($"text {spec.Arguments[1].Split('\n')[0]}!", "done") : new FakeScript().Exit(1) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_team_from_yaml_answers_on_embedded_defaults()
    {
        using var host = await StartAsync();
        var wegent = host.Services.GetRequiredService<IWegentClient>();

        var applied = await wegent.Resources.ApplyAsync(Team, cancellationToken: Ct);
        var task = await wegent.Tasks.SubmitAsync(new("dev-team", "hello"), Ct);
        var events = await wegent.Tasks.WatchAsync(task.Id, cancellationToken: Ct).ToListAsync(Ct);

        Assert.All(applied.Resources, resource => Assert.Equal(ApplyOperation.Created, resource.Operation));
        Assert.Equal(["hello!", "hello!"], events.OfType<ChatDone>().Select(done => done.Result.Value));
        Assert.Equal(TaskState.Completed, events.OfType<TaskStatusChanged>().Last().Status);
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task What_was_accepted_is_there_after_a_restart()
    {
        long taskId;
        _place.CreateGate = new TaskCompletionSource().Task;
        using (var first = await StartAsync())
        {
            var wegent = first.Services.GetRequiredService<IWegentClient>();
            await wegent.Resources.ApplyAsync(Team, cancellationToken: Ct);
            taskId = (await wegent.Tasks.SubmitAsync(new("dev-team", "hello"), Ct)).Id;
            await first.StopAsync(Ct);
        }

        _place.CreateGate = null;
        using var second = await StartAsync();
        var tasks = second.Services.GetRequiredService<IWegentClient>().Tasks;
        var events = await tasks.WatchAsync(taskId, cancellationToken: Ct).ToListAsync(Ct);

        Assert.Equal(TaskState.Completed, events.OfType<TaskStatusChanged>().Last().Status);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(e => e.Seq));
        await second.StopAsync(Ct);
    }

    [Fact]
    public async Task Applying_the_same_again_changes_nothing()
    {
        using var host = await StartAsync();
        var resources = host.Services.GetRequiredService<IWegentClient>().Resources;
        var first = await resources.ApplyAsync(Team, cancellationToken: Ct);

        var again = await resources.ApplyAsync(Team, cancellationToken: Ct);

        Assert.All(again.Resources, resource => Assert.Equal(ApplyOperation.Unchanged, resource.Operation));
        Assert.Equal(first.Resources.Select(r => r.Resource.Stored.Version), again.Resources.Select(r => r.Resource.Stored.Version));
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task One_error_and_nothing_is_written()
    {
        using var host = await StartAsync();
        var resources = host.Services.GetRequiredService<IWegentClient>().Resources;

        var error = await Assert.ThrowsAsync<InvalidResourcesException>(async () => await resources.ApplyAsync(Team.Replace("ghostRef: {name: developer}", "ghostRef: {name: developr}", StringComparison.Ordinal), cancellationToken: Ct));

        var finding = Assert.Single(error.Diagnostics);
        Assert.Contains("developer", finding.Hint, StringComparison.Ordinal);
        Assert.Null(await resources.FindAsync("Shell", "lines", cancellationToken: Ct));
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task A_credential_is_encrypted_in_the_file_and_masked_wherever_it_leaves()
    {
        using var host = await StartAsync();
        var wegent = host.Services.GetRequiredService<IWegentClient>();
        var applied = await wegent.Resources.ApplyAsync(Team, cancellationToken: Ct);
        var task = await wegent.Tasks.SubmitAsync(new("dev-team", "hello"), Ct);
        var events = await wegent.Tasks.WatchRecordedAsync(task.Id, cancellationToken: Ct).ToListAsync(Ct);
        var model = await wegent.Resources.FindAsync("Model", "model", cancellationToken: Ct);
        await host.StopAsync(Ct);
        host.Dispose();

        Assert.Contains("\"api_key\":\"***\"", model!.Json, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", string.Concat(applied.Resources.Select(resource => resource.Resource.Json)), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", string.Concat(events.Select(e => System.Text.Encoding.UTF8.GetString(e.Data.Span))), StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
            Assert.Equal(-1, (await File.ReadAllBytesAsync(file, Ct)).AsSpan().IndexOf("canary-7f3a"u8));
    }

    [Fact]
    public async Task The_agent_gets_the_credential_in_the_clear_even_after_a_masked_apply()
    {
        var seen = new List<string>();
        using var host = await StartAsync(new LineAgent { OnPrepare = request => seen.Add(request.Model["api_key"]) });
        var wegent = host.Services.GetRequiredService<IWegentClient>();
        await wegent.Resources.ApplyAsync(Team, cancellationToken: Ct);
        await wegent.Resources.ApplyAsync(Team.Replace("canary-7f3a", "'***'", StringComparison.Ordinal), cancellationToken: Ct);

        var task = await wegent.Tasks.SubmitAsync(new("dev-team", "hello"), Ct);
        await wegent.Tasks.WatchAsync(task.Id, cancellationToken: Ct).ToListAsync(Ct);

        Assert.Equal(["canary-7f3a", "canary-7f3a"], seen);
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task What_is_in_use_is_not_deleted_unless_all_of_it_is()
    {
        using var host = await StartAsync();
        var resources = host.Services.GetRequiredService<IWegentClient>().Resources;
        await resources.ApplyAsync(Team, cancellationToken: Ct);
        ResourceKey ghost = new("", "default", "Ghost", "developer");

        var error = await Assert.ThrowsAsync<ConflictException>(async () => await resources.DeleteAsync([ghost], cancellationToken: Ct));
        var deleted = await resources.DeleteAsync([ghost], new() { Cascade = true }, Ct);

        Assert.Equal("resource.in_use", error.Code);
        Assert.Contains("Bot/default/developer", error.Message, StringComparison.Ordinal);
        Assert.Equal(["Bot", "Ghost", "Team"], deleted.Select(d => d.Key.Kind).Order());
        Assert.NotNull(await resources.FindAsync("Shell", "lines", cancellationToken: Ct));
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task Another_users_task_does_not_exist()
    {
        using var host = await StartAsync();
        var wegent = host.Services.GetRequiredService<IWegentClient>();
        await wegent.Resources.ApplyAsync(Team, cancellationToken: Ct);
        var task = await wegent.Tasks.SubmitAsync(new("dev-team", "hello"), Ct);
        var other = wegent.For("mallory");

        Assert.Null(await other.Tasks.FindAsync(task.Id, Ct));
        Assert.Equal("task.not_found", (await Assert.ThrowsAsync<NotFoundException>(async () => await other.Tasks.CancelAsync(task.Id, Ct))).Code);
        Assert.Equal("team.not_found", (await Assert.ThrowsAsync<NotFoundException>(async () => await other.Tasks.SubmitAsync(new("dev-team", "hello"), Ct))).Code);
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task A_wrong_setting_stops_the_start_and_names_the_key()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(async () => await StartAsync(settings: new() { ["MAX_CONCURRENT_TASKS"] = "0", ["Wegent:Scheduler:LeaseDuration"] = "00:00:01" }));

        Assert.Contains("MaxConcurrentTasks", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("LeaseDuration", error.ToString(), StringComparison.Ordinal);
    }

    private async Task<IHost> StartAsync(LineAgent? agent = null, Action<IServiceCollection>? configure = null, Dictionary<string, string?>? settings = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings ?? []).AddInMemoryCollection(new Dictionary<string, string?> { ["Wegent:DataDirectory"] = _folder });
        builder.Services.AddWegent();
        builder.Services.AddSingleton<ISandboxProvider>(_place);
        builder.Services.AddSingleton<IAgent>(agent ?? new LineAgent());
        configure?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync(Ct);
        return host;
    }
}
