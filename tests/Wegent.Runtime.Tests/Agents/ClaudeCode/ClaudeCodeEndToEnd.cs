using Microsoft.Extensions.Options;
using Wegent.Agents;
using Wegent.Runtime.Agents.ClaudeCode;
using Wegent.Sandboxes;
using Wegent.TestKit;
using Wegent.TestKit.Agents;
using Wegent.TestKit.Models;

namespace Wegent.Runtime.Tests.Agents.ClaudeCode;

/// <summary>The real program in an empty folder, and a scripted model service for it.</summary>
public abstract class ClaudeCodeEndToEnd : IAsyncLifetime
{
    protected const string Key = "sk-canary-4711-do-not-show";

    private readonly string _folder = Directory.CreateTempSubdirectory("wegent-claude-").FullName;
    private readonly List<ClaudeCodeRun> _runs = [];
    private int _turn;

    private protected FakeAnthropicServer Model { get; private set; } = null!;

    private protected int ExitCode => _runs[0].ExitCode;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected SandboxPaths Paths => new(Path.Combine(_folder, "workspace"), Path.Combine(_folder, "home"));

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Paths.Workspace);
        Directory.CreateDirectory(Paths.Home);
        Model = await FakeAnthropicServer.StartAsync(cancellationToken: Ct);
        Model.ApiKey = Key;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var run in _runs)
            await run.DisposeAsync();
        await Model.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected AgentRequest Request(string prompt) => new()
    {
        TaskId = 7,
        SubtaskId = ++_turn,
        Attempt = 1,
        BotName = "developer",
        Prompt = prompt,
        SystemPrompt = "You are a developer.",
        Model = new Dictionary<string, string> { ["base_url"] = Model.BaseUrl, ["api_key"] = Key, ["model_id"] = "fake-model" },
    };

    protected Task<IReadOnlyList<AgentEvent>> RunAsync(string prompt) => RunAsync(Request(prompt));

    protected async Task<IReadOnlyList<AgentEvent>> RunAsync(AgentRequest request)
    {
        var run = await StartAsync(request);
        var events = await run.EndAsync(Ct);
        Assert.Single(events, agentEvent => agentEvent is AgentCompleted or AgentFailed);
        Assert.DoesNotContain(Key, AgentEventText.Write(events), StringComparison.Ordinal);
        return events;
    }

    private protected async Task<ClaudeCodeRun> StartAsync(AgentRequest request)
    {
        ClaudeCodeAgent agent = new(Options.Create(new ClaudeCodeOptions { Program = TestServices.ClaudeCode, MaxRetries = 1, MaxTurns = 5 }));
        var run = await ClaudeCodeRun.StartAsync(agent, request, Paths, Ct);
        _runs.Add(run);
        return run;
    }
}
