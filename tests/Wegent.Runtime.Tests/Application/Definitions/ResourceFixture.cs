using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Wegent.Resources;
using Wegent.Storage;

namespace Wegent.Runtime.Tests.Application.Definitions;

/// <summary>Wegent without a host, in memory: resources need nothing that runs.</summary>
internal sealed class ResourceFixture : IDisposable
{
    /// <summary>A ghost, a model with a credential, a bot and a team.</summary>
    public const string Team = """
        apiVersion: agent.wecode.io/v1
        kind: Team
        metadata: {name: team}
        spec:
          collaborationModel: solo
          members:
          - botRef: {name: bot}
        ---
        apiVersion: agent.wecode.io/v1
        kind: Bot
        metadata: {name: bot}
        spec: {ghostRef: {name: ghost}, shellRef: {name: Demo}, modelRef: {name: model}}
        ---
        apiVersion: agent.wecode.io/v1
        kind: Ghost
        metadata: {name: ghost}
        spec: {systemPrompt: You are a developer.}
        ---
        apiVersion: agent.wecode.io/v1
        kind: Model
        metadata: {name: model}
        spec:
          modelConfig:
            env: {model: claude, model_id: m-1, api_key: canary-7f3a}
        """;

    private readonly ServiceProvider _services;

    public ResourceFixture(Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Wegent:Storage:Provider", "InMemory")]).Build());
        services.AddWegent().AddDemoAgent();
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
        Wegent = _services.GetRequiredService<IWegentClient>();
    }

    public IWegentClient Wegent { get; }

    public IResourceClient Resources => Wegent.Resources;

    public IResourceStore Store => _services.GetRequiredService<IResourceStore>();

    public IServiceProvider Services => _services;

    public static string Ghost(string name, string prompt = "x", string metadata = "") =>
        $"apiVersion: agent.wecode.io/v1\nkind: Ghost\nmetadata: {{ name: {name}{metadata} }}\nspec: {{ systemPrompt: {prompt} }}\n";

    public static string Bot(string name, string ghost) =>
        $"apiVersion: agent.wecode.io/v1\nkind: Bot\nmetadata: {{ name: {name} }}\nspec: {{ ghostRef: {{ name: {ghost} }}, shellRef: {{ name: Demo }} }}\n";

    public static string Stream(params string[] documents) => string.Join("\n---\n", documents);

    public static ResourceKey Key(string kind, string name) => new(IWegentClient.LocalOwner, "default", kind, name);

    public void Dispose() => _services.Dispose();
}
