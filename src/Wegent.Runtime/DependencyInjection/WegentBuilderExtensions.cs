using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Wegent;
using Wegent.Agents;
using Wegent.Runtime.Agents.Chat;
using Wegent.Runtime.Agents.ClaudeCode;
using Wegent.Runtime.Agents.Demo;
using Wegent.Runtime.Agents.Dify;
using Wegent.Runtime.Egress;
using Wegent.Runtime.Messaging;
using Wegent.Runtime.Storage;

// The namespace of AddWegent, so that one using serves both.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What Wegent can be made of: agents, places for sandboxes, storage.</summary>
public static class WegentBuilderExtensions
{
    /// <summary>Adds the offline Demo agent (<c>shellType: Demo</c>): a scripted answer that says what it is, for first steps and tests.</summary>
    public static IWegentBuilder AddDemoAgent(this IWegentBuilder builder) => builder.AddAgent<DemoAgent>();

    /// <summary>
    /// Adds Claude Code (<c>shellType: ClaudeCode</c>). It runs in a sandbox: Docker where an engine answers and has the executor image,
    /// else a process of this machine, which is announced as no sandbox.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Changes the settings of section <c>Wegent:Agents:ClaudeCode</c>; null leaves them as they are.</param>
    public static IWegentBuilder AddClaudeCodeAgent(this IWegentBuilder builder, Action<ClaudeCodeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.BindOptions<ClaudeCodeOptions>(static (configuration, options) => configuration.GetSection(ClaudeCodeOptions.Section).Bind(options));
        builder.Services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<IValidateOptions<ClaudeCodeOptions>, ClaudeCodeOptionsAnnotations>(),
            ServiceDescriptor.Singleton<IValidateOptions<ClaudeCodeOptions>, ClaudeCodeOptionsRules>(),
        ]);
        if (configure is not null)
            builder.Services.Configure(configure);
        return builder.AddDockerSandbox().AddLocalProcessSandbox().AddAgent<ClaudeCodeAgent>();
    }

    /// <summary>
    /// Adds the Chat agent (<c>shellType: Chat</c>): a model spoken to directly, by OpenAI's or Anthropic's protocol as its Model resource
    /// says, without a sandbox.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Changes the settings of section <c>Wegent:Agents:Chat</c>; null leaves them as they are.</param>
    /// <param name="createClient">
    /// Gives the client of a request, instead of one made for its Model resource; null leaves that to the resource. The client stays the
    /// application's: it is not disposed, and may be one and the same for all requests.
    /// </param>
    public static IWegentBuilder AddChatAgent(this IWegentBuilder builder, Action<ChatAgentOptions>? configure = null, Func<IServiceProvider, AgentRequest, IChatClient>? createClient = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddEgress().BindOptions<ChatAgentOptions>(static (configuration, options) => configuration.GetSection(ChatAgentOptions.Section).Bind(options));
        builder.Services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<IValidateOptions<ChatAgentOptions>, ChatAgentOptionsAnnotations>(),
            ServiceDescriptor.Singleton<IValidateOptions<ChatAgentOptions>, ChatAgentOptionsRules>(),
        ]);
        if (configure is not null)
            builder.Services.Configure(configure);
        builder.Services.TryAddSingleton<ModelClients>();
        builder.Services.TryAddSingleton(services => new ChatClientSource(
            services.GetRequiredService<ModelClients>(),
            createClient is null ? null : request => createClient(services, request)));
        return builder.AddAgent<ChatAgent>();
    }

    /// <summary>Adds the Dify agent (<c>shellType: Dify</c>): an application of a Dify server, called over its service API, without a sandbox.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Changes the settings of section <c>Wegent:Agents:Dify</c>; null leaves them as they are.</param>
    public static IWegentBuilder AddDifyAgent(this IWegentBuilder builder, Action<DifyAgentOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddEgress().BindOptions<DifyAgentOptions>(static (configuration, options) => configuration.GetSection(DifyAgentOptions.Section).Bind(options));
        builder.Services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<IValidateOptions<DifyAgentOptions>, DifyAgentOptionsAnnotations>(),
            ServiceDescriptor.Singleton<IValidateOptions<DifyAgentOptions>, DifyAgentOptionsRules>(),
        ]);
        if (configure is not null)
            builder.Services.Configure(configure);
        return builder.AddAgent<DifyAgent>();
    }

    // What agents inside this process call others with.
    private static IServiceCollection AddEgress(this IWegentBuilder builder)
    {
        builder.Services.BindOptions<EgressOptions>(static (configuration, options) => configuration.GetSection(EgressOptions.Section).Bind(options));
        builder.Services.TryAddSingleton<EgressHttp>();
        return builder.Services;
    }

    /// <summary>Adds an agent of your own; the last one of a shell type wins.</summary>
    public static IWegentBuilder AddAgent<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TAgent>(this IWegentBuilder builder)
        where TAgent : class, IAgent
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IAgent, TAgent>());
        return builder;
    }

    /// <summary>Keeps everything in this process's memory: for tests and throwaway use. What was accepted is gone with the process.</summary>
    public static IWegentBuilder UseInMemoryStorage(this IWegentBuilder builder) =>
        builder.UseStorage(static options => options.Provider = StorageProvider.InMemory);

    /// <summary>Keeps everything in a SQLite file.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The file; null means <c>wegent.db</c> in the data directory.</param>
    public static IWegentBuilder UseSqlite(this IWegentBuilder builder, string? path = null) => builder.UseStorage(options =>
    {
        options.Provider = StorageProvider.Sqlite;
        options.ConnectionString = path is null ? null : $"Data Source={path}";
    });

    /// <summary>Carries hints between several hosts on one store over Redis. Without it, a host sees what others do when it next looks at the store, within a second.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">Such as <c>redis:6379,password=…</c>.</param>
    public static IWegentBuilder UseRedis(this IWegentBuilder builder, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        builder.Services.PostConfigure<CacheOptions>(options =>
        {
            options.Provider = CacheProvider.Redis;
            options.ConnectionString = connectionString;
        });
        return builder;
    }

    /// <summary>Keeps everything in a MySQL or MariaDB database, which several hosts can share.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">Server, database and credentials, such as <c>Server=db.example.com;Database=wegent;User ID=wegent;Password=...</c>. The database must exist; its tables are made at the first start.</param>
    public static IWegentBuilder UseMySql(this IWegentBuilder builder, string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        return builder.UseStorage(options =>
        {
            options.Provider = StorageProvider.MySql;
            options.ConnectionString = connectionString;
        });
    }

    // After the configuration's own word: what is written in code is meant.
    private static IWegentBuilder UseStorage(this IWegentBuilder builder, Action<StorageOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.PostConfigure(configure);
        return builder;
    }
}
