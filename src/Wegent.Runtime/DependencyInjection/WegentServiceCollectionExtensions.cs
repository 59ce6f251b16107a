using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Wegent;
using Wegent.Messaging;
using Wegent.Runtime;
using Wegent.Runtime.Agents;
using Wegent.Runtime.Application;
using Wegent.Runtime.Application.Definitions;
using Wegent.Runtime.DependencyInjection;
using Wegent.Runtime.Messaging;
using Wegent.Runtime.Messaging.Redis;
using Wegent.Runtime.Sandboxes;
using Wegent.Runtime.Scheduling;
using Wegent.Runtime.Security;
using Wegent.Runtime.Storage;
using Wegent.Runtime.Workspaces;
using Wegent.Sandboxes;

// The namespace of the method's receiver, as is the custom: no further using is needed where services are registered.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Wegent to an application.</summary>
public static class WegentServiceCollectionExtensions
{
    /// <summary>
    /// Adds Wegent with embedded defaults: a SQLite file in <c>.wegent</c>, hints within the process, no server of any kind.
    /// Use <see cref="IWegentClient"/> from the services; tasks run once the host is started.
    /// </summary>
    /// <remarks>
    /// Settings are read from section <c>Wegent</c> of the configuration, where there is one. Agents are added by what follows, such as
    /// <c>AddDemoAgent()</c> or <c>AddClaudeCodeAgent()</c>. Calling it again adds nothing.
    /// </remarks>
    public static IWegentBuilder AddWegent(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(service => service.ServiceType == typeof(IWegentClient)))
            return new WegentBuilder(services);

        services.AddLogging();
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        return new WegentBuilder(services)
            .AddSettings()
            .AddStores()
            .AddSecurity()
            .AddScheduling()
            .AddClient();
    }

    private static WegentBuilder AddSettings(this WegentBuilder builder)
    {
        builder.Services.BindOptions<WegentOptions>(static (configuration, options) => configuration.GetSection(WegentOptions.Section).Bind(options));
        builder.Services.BindOptions<SchedulerOptions>(static (configuration, options) =>
        {
            configuration.GetSection(SchedulerOptions.Section).Bind(options);
            SeedNames.Apply(configuration, options);
        });
        builder.Services.BindOptions<StorageOptions>(static (configuration, options) => configuration.GetSection(StorageOptions.Section).Bind(options));
        builder.Services.BindOptions<CacheOptions>(static (configuration, options) => configuration.GetSection(CacheOptions.Section).Bind(options));
        builder.Services.BindOptions<SandboxOptions>(static (configuration, options) => configuration.GetSection(SandboxOptions.Section).Bind(options));
        builder.Services.BindOptions<WorkspaceOptions>(static (configuration, options) => configuration.GetSection(WorkspaceOptions.Section).Bind(options));
        builder.Services.BindOptions<ResourceOptions>(static (configuration, options) => configuration.GetSection(ResourceOptions.Section).Bind(options));
        builder.Services.BindOptions<SecurityOptions>(static (configuration, options) => configuration.GetSection(SecurityOptions.Section).Bind(options));

        builder.Services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<IValidateOptions<SchedulerOptions>, SchedulerOptionsAnnotations>(),
            ServiceDescriptor.Singleton<IValidateOptions<SchedulerOptions>, SchedulerOptionsRules>(),
            ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, StorageOptionsAnnotations>(),
            ServiceDescriptor.Singleton<IValidateOptions<ResourceOptions>, ResourceOptionsAnnotations>(),
            ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, StorageOptionsRules>(),
            ServiceDescriptor.Singleton<IValidateOptions<CacheOptions>, CacheOptionsRules>(),
            ServiceDescriptor.Singleton<IValidateOptions<SandboxOptions>, SandboxOptionsAnnotations>(),
            ServiceDescriptor.Singleton<IValidateOptions<SandboxOptions>, SandboxOptionsRules>(),
            ServiceDescriptor.Singleton<IValidateOptions<SecurityOptions>, SecurityOptionsRules>(),
        ]);
        return builder;
    }

    private static WegentBuilder AddStores(this WegentBuilder builder)
    {
        StoreRegistration.AddStores(builder.Services);
        builder.Services.TryAddSingleton<IHintBus>(static services => services.GetRequiredService<IOptions<CacheOptions>>().Value.Provider switch
        {
            CacheProvider.Redis => ActivatorUtilities.CreateInstance<RedisHintBus>(services),
            _ => ActivatorUtilities.CreateInstance<InMemoryHintBus>(services),
        });
        return builder;
    }

    private static WegentBuilder AddSecurity(this WegentBuilder builder)
    {
        builder.Services.TryAddSingleton<KeyRing>();
        builder.Services.TryAddSingleton<CredentialCipher>();
        builder.Services.TryAddSingleton<CredentialResolver>();
        builder.Services.TryAddSingleton<DocumentSecrets>();
        builder.Services.TryAddSingleton<ISandboxSecrets, SandboxSecrets>();
        return builder;
    }

    private static WegentBuilder AddScheduling(this WegentBuilder builder)
    {
        builder.Services.TryAddSingleton<NodeIdentity>();
        builder.Services.TryAddSingleton<AgentCatalog>();
        builder.Services.TryAddSingleton<AgentRequests>();
        builder.Services.TryAddSingleton<LocalWorkspaces>();
        builder.Services.TryAddSingleton<WorkspaceSources>();
        builder.Services.TryAddSingleton<SandboxPlacement>();
        builder.Services.TryAddSingleton<SandboxSessions>();
        builder.Services.TryAddSingleton<BotRunner>();
        builder.Services.TryAddSingleton<RunExecutor>();
        builder.Services.TryAddSingleton<SandboxReaper>();
        builder.Services.TryAddSingleton<TaskDispatcher>();
        builder.Services.TryAddSingleton<ResourceLogKeeper>();

        // Stopped in the opposite order: the reaper has its last look when no run is under way here any more.
        builder.Services.AddHostedService(static services => services.GetRequiredService<SandboxReaper>());
        builder.Services.AddHostedService(static services => services.GetRequiredService<TaskDispatcher>());
        builder.Services.AddHostedService(static services => services.GetRequiredService<ResourceLogKeeper>());
        return builder;
    }

    private static WegentBuilder AddClient(this WegentBuilder builder)
    {
        builder.Services.TryAddSingleton<PublicResources>();
        builder.Services.TryAddSingleton<ResourceStatuses>();
        builder.Services.TryAddSingleton<ResourceViews>();
        builder.Services.TryAddSingleton<ResourceApplier>();
        builder.Services.TryAddSingleton<ResourceLister>();
        builder.Services.TryAddSingleton<ResourceFeed>();
        builder.Services.TryAddSingleton<ResourceWatcher>();
        builder.Services.TryAddSingleton<ResourceHistory>();
        builder.Services.TryAddSingleton<ResourcePlanner>();
        builder.Services.TryAddSingleton<PlanBuilder>();
        builder.Services.TryAddSingleton<IWegentClient, WegentClient>();
        return builder;
    }

    /// <summary>Reads options from the configuration where the application has one: a plain service collection works as well.</summary>
    internal static void BindOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(
        this IServiceCollection services, Action<IConfiguration, TOptions> bind)
        where TOptions : class
    {
        services.AddOptions<TOptions>().ValidateOnStart();
        services.AddSingleton<IConfigureOptions<TOptions>>(provider => new ConfigureNamedOptions<TOptions>(Options.Options.DefaultName, options =>
        {
            if (provider.GetService<IConfiguration>() is { } configuration)
                bind(configuration, options);
        }));
    }
}
