using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Wegent.Agents;
using Wegent.Events;
using Wegent.Runtime.Storage.InMemory;
using Wegent.Sandboxes;
using Wegent.Storage;
using Wegent.Tasks;
using Wegent.TestKit.Agents;
using Wegent.TestKit.Sandboxes;

namespace Wegent.Runtime.Tests.Scheduling;

/// <summary>
/// The real runtime in this process with an imagined place for sandboxes. Hosts can be stopped, killed and started again over the
/// same store and the same sandboxes.
/// </summary>
internal sealed class RuntimeFixture : IAsyncDisposable
{
    private readonly InMemoryDatabase _database = new(TimeProvider.System);
    private readonly List<IHost> _hosts = [];

    public FakeSandboxProvider Place { get; } = new();

    /// <summary>What agents put out. Other programs, such as the git that takes a diff, find nothing.</summary>
    public Func<SandboxSpec, ExecutionSpec, FakeScript> Script
    {
        set => Place.Script = (sandbox, execution) => execution.Program == "lines" ? value(sandbox, execution) : new FakeScript().Exit(1);
    }

    public Dictionary<string, string?> Settings { get; } = new()
    {
        ["Wegent:Storage:Provider"] = "InMemory",
        ["Wegent:Scheduler:PollInterval"] = "00:00:00.100",
        ["Wegent:Scheduler:LeaseDuration"] = "00:00:03",
        ["Wegent:Scheduler:RetryDelay"] = "00:00:00.010",
        ["Wegent:Executor:DeletionDelay"] = "00:00:00",
    };

    public LineAgent Agent { get; set; } = new();

    public Action<IServiceCollection>? Configure { get; set; }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async Task<IWegentClient> StartAsync() => (await StartHostAsync()).Services.GetRequiredService<IWegentClient>();

    public async Task<IHost> StartHostAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        Microsoft.Extensions.Configuration.MemoryConfigurationBuilderExtensions.AddInMemoryCollection(builder.Configuration, Settings);
        builder.Services.AddSingleton(_database);
        if (Environment.GetEnvironmentVariable("WEGENT_TEST_LOG") is not null)
            builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton<ISandboxProvider>(Place);
        builder.Services.AddSingleton<IAgent>(Agent);
        builder.Services.AddWegent();
        Configure?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync(Ct);
        _hosts.Add(host);
        return host;
    }

    /// <summary>Accepts a task of a team made on the spot, without any resources.</summary>
    public static async Task<long> SubmitAsync(IHost host, string prompt = "go", string model = "solo", params PlannedMember[] members)
    {
        var tasks = host.Services.GetRequiredService<ITaskStore>();
        var accepted = await tasks.CreateAsync(
            new NewTask
            {
                Owner = IWegentClient.LocalOwner,
                Namespace = "default",
                Title = prompt,
                Prompt = prompt,
                Plan = new ExecutionPlan { TeamNamespace = "default", TeamName = "team", CollaborationModel = model, Members = members is [] ? [Member("bot")] : members },
            },
            Ct);
        host.Services.GetRequiredService<Wegent.Messaging.IHintBus>().Publish(Wegent.Messaging.HintTopics.Queue);
        return accepted.Id;
    }

    public static PlannedMember Member(string bot, string shellType = "Lines") => new() { BotName = bot, ShellType = shellType, SystemPrompt = "" };

    public static ITaskClient TasksOf(IHost host) => host.Services.GetRequiredService<IWegentClient>().Tasks;

    /// <summary>Everything that happened to a task, to its end.</summary>
    public static async Task<IReadOnlyList<TaskEvent>> EventsAsync(IHost host, long taskId)
    {
        var events = new List<TaskEvent>();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        await foreach (var taskEvent in TasksOf(host).WatchAsync(taskId, cancellationToken: patience.Token))
            events.Add(taskEvent);
        return events;
    }

    /// <summary>Waits for an event.</summary>
    public static async Task<T> UntilAsync<T>(IHost host, long taskId, Func<T, bool>? match = null)
        where T : TaskEvent
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        await foreach (var taskEvent in TasksOf(host).WatchAsync(taskId, follow: true, cancellationToken: patience.Token))
        {
            if (taskEvent is T found && match?.Invoke(found) != false)
                return found;
        }

        throw new InvalidOperationException("The stream ended first.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync(CancellationToken.None);
            host.Dispose();
        }
    }
}
